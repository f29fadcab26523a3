import { useId, type ReactNode } from 'react';
import { Icon } from './icon.js';

export interface Labelled {
  readonly id: string;
  readonly 'aria-describedby': string;
}

/** A labelled field of a form; `children` gets what ties the input to its label and note. */
export function FormField({ label, optional = false, note, children }: { label: string; optional?: boolean; note?: string; children: (tie: Labelled) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}{optional && <span className="field-optional">optional</span>}</label>
      {children({ id, 'aria-describedby': `${id}-note` })}
      <p id={`${id}-note`} className="field-note" hidden={note === undefined}>{note}</p>
    </div>
  );
}

export function ChoiceField({ label, note, value, options, onChange }: { label: string; note?: string; value: string; options: readonly (readonly [value: string, text: string])[]; onChange: (value: string) => void }) {
  return (
    <FormField label={label} note={note}>
      {(tie) => (
        <span className="select select-wide">
          <select {...tie} value={value} onChange={(event) => onChange(event.target.value)}>{options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}</select>
          <Icon name="down" size={12} />
        </span>
      )}
    </FormField>
  );
}

export function TextField({ label, optional = false, note, value, required = false, placeholder, mono = false, onChange }: { label: string; optional?: boolean; note?: string; value: string; required?: boolean; placeholder?: string; mono?: boolean; onChange: (value: string) => void }) {
  return (
    <FormField label={label} optional={optional} note={note}>
      {(tie) => <input {...tie} type="text" className={mono ? 'mono' : undefined} value={value} required={required} placeholder={placeholder} autoComplete="off" maxLength={500} onChange={(event) => onChange(event.target.value)} />}
    </FormField>
  );
}

export function JsonField({ label, optional = false, note, value, rows = 4, onChange }: { label: string; optional?: boolean; note?: string; value: string; rows?: number; onChange: (value: string) => void }) {
  return (
    <FormField label={label} optional={optional} note={note}>
      {(tie) => <textarea {...tie} className="mono" rows={rows} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />}
    </FormField>
  );
}
