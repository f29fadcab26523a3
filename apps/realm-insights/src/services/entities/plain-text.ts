/**
 * entities: which rows speak of the same thing, without examples. Rows that share a rare enough word or code are compared column by column; how much each agreement says is learned from the data by
 * expectation maximisation (Fellegi and Sunter, "A Theory for Record Linkage", 1969); pairs above a probability are joined into entities. Pure and deterministic.
 */

/** Words written in several ways, in the form that is compared. */
const SAME: Readonly<Record<string, string>> = {
  strasse: 'street',
  st: 'street', str: 'street', ave: 'avenue', av: 'avenue', blvd: 'boulevard', rd: 'road', dr: 'drive', ln: 'lane', pl: 'place', ct: 'court', hwy: 'highway', pkwy: 'parkway', sq: 'square', sts: 'street', aves: 'avenue',
  n: 'north', s: 'south', e: 'east', w: 'west', ft: 'fort', mt: 'mount', apt: 'apartment', bldg: 'building', fl: 'floor', ste: 'suite',
  first: '1st', second: '2nd', third: '3rd', fourth: '4th', fifth: '5th', sixth: '6th', seventh: '7th', eighth: '8th', ninth: '9th', tenth: '10th',
  inc: 'incorporated', corp: 'corporation', co: 'company', ltd: 'limited', '&': 'and',
};

/** Letters that have no base letter to fall back to, as they are written without them. */
const WHOLE: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
const writtenOut = (text: string): string => text.replace(/[ßæœøłđðþı]/g, (letter) => WHOLE[letter]!);

/** Lower case without accents and punctuation, abbreviations spelt out: `4 W. 7th St` → `4 west 7th street`. */
export const plainText = (text: string): string =>
  (writtenOut(text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()).replace(/['’`]/g, '').match(/[\p{L}\p{N}]+|&/gu) ?? []).map((word) => (Object.hasOwn(SAME, word) ? SAME[word]! : word)).join(' ');

/** Letters and digits only: `310/246-1501` → `3102461501`. */
export const plainCode = (text: string): string => text.normalize('NFKD').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
