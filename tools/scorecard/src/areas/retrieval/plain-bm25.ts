const K1 = 1.2;
const B = 0.75;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** BM25 as it stands in the textbooks: words in lower case, no stemming, no stop words. */
export function plainRanking(texts: readonly string[]): (question: string, limit: number) => number[] {
  const documents = texts.map(wordsOf);
  const mean = documents.reduce((sum, words) => sum + words.length, 0) / Math.max(1, documents.length);
  const counts = documents.map((words) => words.reduce((found, word) => found.set(word, (found.get(word) ?? 0) + 1), new Map<string, number>()));
  return (question, limit) => {
    const terms = [...new Set(wordsOf(question))].map((term) => {
      const having = counts.filter((count) => count.has(term)).length;
      return { term, rarity: Math.log(1 + (documents.length - having + 0.5) / (having + 0.5)) };
    });
    const scores = counts.map((count, at) => terms.reduce((sum, { term, rarity }) => {
      const times = count.get(term) ?? 0;
      return sum + (rarity * times * (K1 + 1)) / (times + K1 * (1 - B + (B * documents[at]!.length) / mean));
    }, 0));
    return scores.map((score, at) => ({ score, at })).filter(({ score }) => score > 0).toSorted((a, b) => b.score - a.score || a.at - b.at).slice(0, limit).map(({ at }) => at);
  };
}
