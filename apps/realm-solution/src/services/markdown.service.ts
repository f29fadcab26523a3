/** A report as Markdown: each statement with footnotes that name what it rests on. The same report always gives the same text. */
import type { Citation, Report } from '../model/report.schema.js';
import { shown } from '../model/statement-text.js';

export function renderMarkdown(report: Report): string {
  const notes = new Footnotes();
  const sections = report.sections.map(({ title, statements }) => [`## ${plain(title)}`, '', ...statements.map((s) => `- ${plain(s.text)}${s.citations.map((c) => notes.mark(c)).join('')}`), ''].join('\n'));
  return [`# ${plain(report.title)}`, '', ...sections, '---', '', ...notes.lines(), ''].join('\n');
}

/** One footnote per place, numbered in order of first use. */
class Footnotes {
  private readonly numbers = new Map<string, { number: number; citation: Citation }>();

  mark(citation: Citation): string {
    const key = `${citation.artifact_id}|${citation.measure}|${citation.pointer}`;
    const known = this.numbers.get(key) ?? { number: this.numbers.size + 1, citation };
    this.numbers.set(key, known);
    return `[^${known.number}]`;
  }

  lines(): string[] {
    return [...this.numbers.values()].map(({ number, citation: { artifact_id, content_hash, pointer, measure, value } }) => {
      const place = measure === 'length' ? `number of items at \`${code(pointer)}\`` : `\`${code(pointer)}\``;
      return `[^${number}]: \`${artifact_id}\`, ${place}: ${plain(shown(value))} (sha256 ${content_hash.slice(0, 12)})`;
    });
  }
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');
const code = (text: string): string => text.replace(/`/g, 'ˋ') || '/';
