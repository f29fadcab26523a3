import { useMemo } from 'react';
import { tokenize } from './cedar-tokens.js';
import { languageOf, listNames, type ChangedEntry } from './changed-entries.js';
import { Tokens } from './code.js';
import { diffLines, type DiffRow } from './line-diff.js';

const kinds: Readonly<Record<ChangedEntry['kind'], string>> = { added: 'added', removed: 'removed', changed: 'changed', same: 'as it is in force' };

/** Entries that differ, each side by side: what was on the left, what is to be on the right. */
export function SideBySide({ entries, before, after }: { entries: readonly ChangedEntry[]; before: string; after: string }) {
  return (
    <div className="diffs">
      {entries.map((entry) => <EntryDiff key={`${entry.list}/${entry.key}`} entry={entry} before={before} after={after} />)}
    </div>
  );
}

function EntryDiff({ entry, before, after }: { entry: ChangedEntry; before: string; after: string }) {
  const { list, key, kind, left, right } = entry;
  const rows = useMemo(() => diffLines(left, right), [left, right]);
  return (
    <section className="diff" aria-label={`${key}, ${kinds[kind]}`}>
      <h3 className="diff-head"><span>{listNames[list] ?? list}</span><code>{key}</code><em className={`diff-kind diff-kind-${kind}`}>{kinds[kind]}</em></h3>
      <div className="diff-frame" tabIndex={0}>
        <table className="diff-table">
          <caption className="visually-hidden">{key}: {before} on the left, {after} on the right</caption>
          <colgroup><col className="diff-column-number" /><col /><col className="diff-column-number" /><col /></colgroup>
          <thead><tr><th scope="col" colSpan={2}>{before}</th><th scope="col" colSpan={2}>{after}</th></tr></thead>
          <tbody>{rows.map((row, index) => <Row key={index} row={row} language={languageOf(list)} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ row: { kind, left, right }, language }: { row: DiffRow; language: 'cedar' | 'yaml' }) {
  return (
    <tr className={`diff-${kind}`}>
      <Cell side={left} sign="−" marked={kind !== 'same'} language={language} className="diff-left" />
      <Cell side={right} sign="+" marked={kind !== 'same'} language={language} className="diff-right" />
    </tr>
  );
}

function Cell({ side, sign, marked, language, className }: { side: DiffRow['left']; sign: string; marked: boolean; language: 'cedar' | 'yaml'; className: string }) {
  if (side === undefined) return <><td className={`diff-number ${className}`} /><td className={`diff-text diff-none ${className}`} /></>;
  return <><td className={`diff-number ${className}`}>{side.line}</td><td className={`diff-text ${className}`}><span className="diff-sign" aria-hidden="true">{marked ? sign : ' '}</span>{marked && <span className="visually-hidden">{sign === '+' ? 'added: ' : 'removed: '}</span>}<Tokens tokens={tokenize(side.text, language)} /></td></>;
}
