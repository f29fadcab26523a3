import { useId, useState, type ReactNode } from 'react';
import { humanName } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { choiceText, type FieldProblem, type FieldValues, type PayloadField } from './payload-schema.js';

export interface ReferenceOption {
  readonly reference: string;
  /** What a person knows it by. */
  readonly name: string;
}

export interface PayloadFormProps {
  readonly fields: readonly PayloadField[];
  readonly values: FieldValues;
  readonly problems: readonly FieldProblem[];
  readonly references: readonly ReferenceOption[];
  readonly onChange: (path: string, value: string) => void;
}

export function PayloadForm({ fields, values, problems, references, onChange }: PayloadFormProps) {
  if (fields.length === 0) return <p className="panel-empty">This capability takes no payload.</p>;
  const groups = Object.entries(Object.groupBy(fields, (field) => field.group ?? ''));
  return (
    <>
      {groups.map(([group, members]) => {
        const inputs = (members ?? []).map((field) => (
          <Field key={field.path} field={field} value={values[field.path] ?? ''} problem={problems.find((problem) => problem.path === field.path)?.message} references={references} onChange={(value) => onChange(field.path, value)} />
        ));
        return group === '' ? <div key={group} className="field-group">{inputs}</div> : <FieldGroup key={group} name={group} members={members ?? []} problems={problems}>{inputs}</FieldGroup>;
      })}
    </>
  );
}

/** Fields of a nested object: folded away while none of them is required or wrong. */
function FieldGroup({ name, members, problems, children }: { name: string; members: readonly PayloadField[]; problems: readonly FieldProblem[]; children: ReactNode }) {
  const needed = members.some((field) => field.required || problems.some((problem) => problem.path === field.path));
  const [open, setOpen] = useState(false);
  return (
    <details className="field-fold" open={needed || open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><Icon name="chevron" size={11} />{humanName(name)}<span className="field-optional">{members.map((field) => humanName(field.name).toLowerCase()).slice(0, 3).join(', ')}{members.length > 3 && ', …'}</span></summary>
      <div className="field-group">{children}</div>
    </details>
  );
}

interface FieldProps {
  readonly field: PayloadField;
  readonly value: string;
  readonly problem: string | undefined;
  readonly references: readonly ReferenceOption[];
  readonly onChange: (value: string) => void;
}

function Field(props: FieldProps) {
  const { field, problem } = props;
  const id = useId();
  const notes = [field.description, field.fallback === undefined ? undefined : `Default: ${field.fallback}`].filter((note) => note !== undefined).join(' ');
  return (
    <div className={problem ? 'field field-bad' : 'field'}>
      <label htmlFor={id}>{humanName(field.name)}{!field.required && <span className="field-optional">optional</span>}</label>
      <FieldInput {...props} id={id} describedBy={`${id}-note ${id}-problem`} />
      {notes !== '' && <p id={`${id}-note`} className="field-note">{notes}</p>}
      {problem && <p id={`${id}-problem`} className="field-problem" role="alert">{problem}</p>}
    </div>
  );
}

function FieldInput({ field, value, problem, references, onChange, id, describedBy }: FieldProps & { id: string; describedBy: string }) {
  const shared = { id, 'aria-describedby': describedBy, 'aria-invalid': problem !== undefined, 'aria-required': field.required, name: field.path };
  switch (field.kind) {
    case 'reference': return <ReferenceInput {...shared} value={value} references={references} onChange={onChange} />;
    case 'choice': return <SelectInput {...shared} value={value} options={(field.choices ?? []).map((choice) => [choiceText(choice), choiceText(choice)])} onChange={onChange} />;
    case 'boolean': return <SelectInput {...shared} value={value} options={[['true', 'Yes'], ['false', 'No']]} onChange={onChange} />;
    case 'json': return <textarea {...shared} className="mono" rows={3} value={value} spellCheck={false} placeholder="JSON" onChange={(event) => onChange(event.target.value)} />;
    default: return <input {...shared} type="text" inputMode={field.kind === 'text' ? 'text' : 'decimal'} value={value} placeholder={field.fallback} autoComplete="off" onChange={(event) => onChange(event.target.value)} />;
  }
}

type Shared = { id: string; name: string; 'aria-describedby': string; 'aria-invalid': boolean; 'aria-required': boolean; value: string; onChange: (value: string) => void };

function SelectInput({ options, onChange, ...shared }: Shared & { options: readonly (readonly [string, string])[] }) {
  return (
    <span className="select select-wide">
      <select {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">—</option>
        {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
      <Icon name="down" size={12} />
    </span>
  );
}

const OTHER = 'other';

/** Files just uploaded and recent artifacts to choose from; any other artifact by its id. */
function ReferenceInput({ references, onChange, ...shared }: Shared & { references: readonly ReferenceOption[] }) {
  const listed = references.some((option) => option.reference === shared.value);
  const typed = shared.value !== '' && !listed;
  return (
    <>
      <span className="select select-wide">
        <select {...shared} value={typed ? OTHER : shared.value} onChange={(event) => onChange(event.target.value === OTHER ? ' ' : event.target.value)}>
          <option value="">{references.length === 0 && shared['aria-required'] ? 'Upload a file first' : '—'}</option>
          {references.map((option) => <option key={option.reference} value={option.reference}>{option.name}</option>)}
          <option value={OTHER}>Another artifact…</option>
        </select>
        <Icon name="down" size={12} />
      </span>
      {typed && <input type="text" className="mono" aria-label="Artifact id" placeholder="<execution_id>/<step>/<name>" value={shared.value.trim()} spellCheck={false} autoComplete="off" onChange={(event) => onChange(event.target.value || ' ')} />}
    </>
  );
}
