/** The words of a question in a text. Pure. */
export interface Span {
  readonly text: string;
  readonly found: boolean;
}

/** Shorter words are in every text. */
const SHORTEST = 3;
const WORD = /[\p{L}\p{N}]+/gu;

/** Words that begin as one of the question's does, whatever their ending: `refunds` for `refunded`. The spans put together are the text. */
export function highlight(text: string, question: string): readonly Span[] {
  const stems = [...question.toLowerCase().matchAll(WORD)].map(([word]) => word).filter((word) => word.length >= SHORTEST).map(stemOf);
  const spans: Span[] = [];
  let from = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (word.length < SHORTEST || !stems.includes(stemOf(word.toLowerCase()))) continue;
    if (index > from) spans.push({ text: text.slice(from, index), found: false });
    spans.push({ text: word, found: true });
    from = index + word.length;
  }
  if (from < text.length) spans.push({ text: text.slice(from), found: false });
  return spans;
}

/** English endings off: enough to mark by, the search itself is finer. */
const stemOf = (word: string): string => word.replace(/(?<=..)ies$/, 'y').replace(/(?<=..)s$/, '').replace(/(?<=...)(?:ing|ed|ly)$/, '');
