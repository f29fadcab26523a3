import { useId } from 'react';
import { Icon } from '../ui/icon.js';

export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <span className="search-field">
      <label htmlFor={id} className="visually-hidden">{label}</label>
      <Icon name="search" size={14} />
      <input id={id} type="text" value={value} placeholder={label} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} />
    </span>
  );
}

export function FilterSelect({ label, value, options, onChange }: { label: string; value: string; options: readonly (readonly [value: string, text: string])[]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <span className="select">
      <label htmlFor={id} className="visually-hidden">{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>{options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}</select>
      <Icon name="down" size={12} />
    </span>
  );
}
