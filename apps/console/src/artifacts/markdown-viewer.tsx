import { Fragment, type ReactNode } from 'react';
import { artifactRoute } from '../routing/route.js';
import { counted } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { parseMarkdown, parseSpans, type MarkdownBlock, type MarkdownSpan } from './markdown.js';

/** The Markdown that reports use, as elements: no HTML of the text ever reaches the page, no address in it is followed. */
export function MarkdownViewer({ text }: { text: string }) {
  return <article className="paper markdown">{parseMarkdown(text).map((block, index) => <Block key={index} block={block} />)}</article>;
}

function Block({ block }: { block: MarkdownBlock }): ReactNode {
  switch (block.kind) {
    case 'heading': return <p role="heading" aria-level={Math.min(6, block.level + 1)} className={`heading heading-${Math.min(4, block.level)}`}><Spans text={block.text} /></p>;
    case 'paragraph': return <p><Spans text={block.text} /></p>;
    case 'quote': return <blockquote><Spans text={block.text} /></blockquote>;
    case 'code': return <pre>{block.text}</pre>;
    case 'rule': return <hr />;
    case 'list': return <ul>{block.items.map((item, index) => <li key={index} className={`list-item depth-${Math.min(4, item.depth)}`}><span className="list-marker">{item.marker}</span><span><Spans text={item.text} /></span></li>)}</ul>;
    case 'notes': return <Notes items={block.items} />;
    case 'table': return <MarkdownTable head={block.head} rows={block.rows} />;
  }
}

/** Notes can be many, so they are folded until one is asked for. */
function Notes({ items }: { items: readonly { readonly label: string; readonly text: string }[] }) {
  return (
    <details className="notes">
      <summary><Icon name="chevron" size={11} />{counted(items.length, 'note')}</summary>
      <ol>{items.map((note) => <li key={note.label} id={noteId(note.label)} tabIndex={-1}><span className="list-marker">{note.label}</span><span><Spans text={note.text} /></span></li>)}</ol>
    </details>
  );
}

const noteId = (label: string): string => `note-${label}`;

/** The hash holds the route, so notes are gone to by hand. */
function showNote(label: string): void {
  const note = document.getElementById(noteId(label));
  const fold = note?.closest('details');
  if (fold) fold.open = true;
  note?.scrollIntoView({ block: 'center' });
  note?.focus({ preventScroll: true });
}

function MarkdownTable({ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    <div className="inline-table">
      <table>
        <thead><tr>{head.map((cell, index) => <th key={index} scope="col"><Spans text={cell} /></th>)}</tr></thead>
        <tbody>{rows.map((row, index) => <tr key={index}>{head.map((_, at) => <td key={at}><Spans text={row[at] ?? ''} /></td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

function Spans({ text }: { text: string }) {
  return <>{parseSpans(text).map((span, index) => <Fragment key={index}><Span span={span} /></Fragment>)}</>;
}

function Span({ span }: { span: MarkdownSpan }): ReactNode {
  switch (span.kind) {
    case 'text': return span.text;
    case 'strong': return <strong>{span.text}</strong>;
    case 'emphasis': return <em>{span.text}</em>;
    case 'code': return <ArtifactCode text={span.text} />;
    case 'note': return <button type="button" className="note-mark" aria-label={`Note ${span.text}`} onClick={() => showNote(span.text)}>{span.text}</button>;
    case 'link': return <span title={span.target}>{span.text}</span>;
  }
}

/** An artifact id in a report leads to the artifact. */
function ArtifactCode({ text }: { text: string }) {
  const route = /^[0-9a-f]{8}-[0-9a-f-]{27}\//.test(text) ? artifactRoute(text.split('#')[0] ?? '') : undefined;
  return route === undefined ? <code>{text}</code> : <RouteLink to={route}><code title={text}>{text.split('/').slice(1).join('/')}</code></RouteLink>;
}
