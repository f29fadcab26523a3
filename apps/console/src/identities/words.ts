/** What somebody typed as a list: words with commas or blanks between, each once. */
export const wordsIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
