import type { Json } from '@symphainy/contracts';
import { useState } from 'react';
import { counted, formatCount, formatShare } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { JsonView } from '../ui/json-view.js';
import { DataTable } from './data-table.js';

interface Listed<T> { readonly count: number; readonly listed: readonly T[]; readonly truncated: boolean }

/** What of the artifact `insights.profile` is shown; the realm owns the whole shape. */
export interface ProfileShape {
  readonly table: { readonly name: string; readonly rows: number; readonly columns: number };
  readonly totals: { readonly [name: string]: number };
  readonly columns: readonly ColumnShape[];
  readonly rules?: readonly { readonly rule: { readonly rule: string; readonly column: string } & { readonly [key: string]: Json }; readonly checked: number; readonly violations: Listed<{ readonly row: number; readonly value: Json; readonly reason: string }> }[];
}

interface ColumnShape {
  readonly name: string;
  readonly type: string;
  readonly null_rate: number;
  readonly distinct: number;
  readonly distinct_rate: number;
  readonly unique?: boolean;
  readonly numbers?: { readonly min: number; readonly max: number; readonly mean: number; readonly median: number };
  readonly dates?: { readonly min: string; readonly max: string };
  readonly outliers?: Listed<Json>;
  readonly frequent?: readonly { readonly value: string; readonly count: number; readonly rate: number }[];
}

export function ProfileViewer({ profile }: { profile: ProfileShape }) {
  return (
    <>
      <p className="viewer-lead"><strong>{profile.table.name}</strong> · {counted(profile.table.rows, 'row')} · {counted(profile.table.columns, 'column')}</p>
      <Totals totals={profile.totals} />
      <div className="table-frame">
        <table className="profile">
          <thead>
            <tr><th scope="col">Column</th><th scope="col">Missing</th><th scope="col">Distinct</th><th scope="col">Range</th><th scope="col" className="numeric">Outliers</th></tr>
          </thead>
          <tbody>{profile.columns.map((column, index) => <ColumnRows key={index} column={column} />)}</tbody>
        </table>
      </div>
      <RuleResults rules={profile.rules ?? []} />
    </>
  );
}

const totalNames: Record<string, string> = { nulls: 'Missing values', type_exceptions: 'Type exceptions', outliers: 'Outliers', variants: 'Likely misspellings', duplicate_rows: 'Duplicate rows', structure_issues: 'Structure issues', rule_violations: 'Rule violations' };

function Totals({ totals }: { totals: ProfileShape['totals'] }) {
  return (
    <dl className="totals">
      {Object.entries(totalNames).filter(([key]) => totals[key] !== undefined).map(([key, name]) => (
        <div key={key} className={totals[key] ? 'total total-some' : 'total'}><dt>{name}</dt><dd>{formatCount(totals[key] ?? 0)}</dd></div>
      ))}
    </dl>
  );
}

function ColumnRows({ column }: { column: ColumnShape }) {
  const [open, setOpen] = useState(false);
  const outliers = column.outliers?.count ?? 0;
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" className="profile-toggle" aria-expanded={open} onClick={() => setOpen(!open)}><Icon name="chevron" size={11} /><span>{column.name}</span></button>
          <span className="profile-type">{column.type}</span>
        </th>
        <td><Rate share={column.null_rate} bad /></td>
        <td>{column.unique ? <span className="profile-unique">unique</span> : <Rate share={column.distinct_rate} text={formatCount(column.distinct)} />}</td>
        <td className="profile-range">{rangeOf(column)}</td>
        <td className={outliers > 0 ? 'numeric strong' : 'numeric quiet'}>{formatCount(outliers)}</td>
      </tr>
      {open && <tr className="profile-more"><td colSpan={5}><ColumnMore column={column} /></td></tr>}
    </>
  );
}

function ColumnMore({ column }: { column: ColumnShape }) {
  return (
    <div className="profile-columns">
      {column.frequent && column.frequent.length > 0 && (
        <div>
          <h4>Most frequent</h4>
          <ul className="frequent">{column.frequent.slice(0, 8).map((value) => <li key={value.value}><span className="frequent-value">{value.value === '' ? '(empty)' : value.value}</span><Rate share={value.rate} text={formatCount(value.count)} /></li>)}</ul>
        </div>
      )}
      <div><h4>Everything</h4><JsonView value={column as unknown as Json} openTo={1} /></div>
    </div>
  );
}

function Rate({ share, text, bad = false }: { share: number; text?: string; bad?: boolean }) {
  return (
    <span className={bad && share > 0 ? 'rate rate-bad' : 'rate'}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect className="rate-track" width="100" height="6" rx="3" /><rect className="rate-fill" width={Math.max(share > 0 ? 2 : 0, share * 100)} height="6" rx="3" /></svg>
      <span>{text ?? formatShare(share)}</span>
    </span>
  );
}

function rangeOf({ numbers, dates, frequent }: ColumnShape): string {
  if (numbers) return `${figure(numbers.min)} – ${figure(numbers.max)}, median ${figure(numbers.median)}`;
  if (dates) return `${dates.min} – ${dates.max}`;
  return (frequent ?? []).slice(0, 3).map((value) => value.value).join(', ');
}

const figure = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

function RuleResults({ rules }: { rules: NonNullable<ProfileShape['rules']> }) {
  if (rules.length === 0) return null;
  const broken = rules.flatMap((result) => result.violations.listed.map((violation) => [result.rule.column, result.rule.rule, violation.row, JSON.stringify(violation.value), violation.reason]));
  return (
    <section className="table-section">
      <h3>Rules<span className="quiet">{counted(rules.length, 'rule')} · {counted(rules.reduce((sum, result) => sum + result.violations.count, 0), 'violation')}</span></h3>
      {broken.length > 0 && <DataTable caption="Rule violations" columns={[{ name: 'Column' }, { name: 'Rule' }, { name: 'Row', numeric: true }, { name: 'Value' }, { name: 'Why' }]} rows={broken} />}
    </section>
  );
}
