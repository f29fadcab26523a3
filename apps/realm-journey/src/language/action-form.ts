/**
 * Whether a text tells someone to do something, and how surely (0 to 1).
 *
 * | form | example | weight |
 * | imperative | Close the valve. / Carefully lift it. / Before opening, check … | 1 |
 * | imperative of an unknown verb | Degauss the coil. | 0.8 |
 * | what a person must or will do | The operator must sign. / The clerk will sign. | 0.8 |
 * | someone does | The clerk checks the form. | 0.65 |
 * | something is done | The form is signed. | 0.5 |
 * | what must be or an organisation will do: rules, goals | Noise must stay below … / ACME will digitise … | 0.4 |
 * | anything else: nouns, questions, the past, plans by a year | By FY 2026, … | 0 |
 */
import { splitCondition } from './condition.js';
import { namesRole } from './roles.js';
import { thirdPersons, verbs } from './verbs.js';

export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [];

const openers = /^(?:(?:please|then|next|now|again|finally|lastly|first|firstly|second|secondly|third|thirdly|afterwards|after that|also|always|immediately|and|or|otherwise|alternatively|optionally|optional|as needed|where possible|if necessary|if needed|if required|\p{L}+ly)[,:]?\s+)+/iu;
const phrases = /^(?:using|in|on|at|with|without|before|after|when|whenever|once|while|until|during|upon|by|to|for|from|under|within|as|where|following|prior|every|each|via|depending)\b/i;
const determiners = new Set(['the', 'a', 'an', 'all', 'any', 'each', 'your', 'its', 'both', 'this', 'every', 'their', 'our', 'his', 'her']);
const noVerbs = new Set('of in on at by for from to with without under over into onto during before after until than that which who whose what when where why how and or but nor so because since although though if unless as is are was were be been has had do does did not no none both all any each every some most many few more such there here this these those it they we you he she per via about between among through across against within upon plus except only even also just'.split(' '));
const nounFollowers = /^(?:results?|summary|overview|information|details?|lists?|scope|requirements?|procedures?|schedule|history|description|reports?|forms?|criteria|equipment|policy|policies|plan|plans|management|control|data|team|staff|points?|date|number|items?|entry|entries|sheets?|boards?|book|card|title|of|and)$/i;

/** Removes leading adverbs and connectives: `Then carefully lift` is `lift`. */
export const withoutOpeners = (text: string): string => text.replace(openers, '');

/** How surely a text is an instruction; see the table above. */
export function actionWeight(text: string): number {
  const plain = text.trim();
  if (plain.endsWith('?') || plain === '' || plan.test(plain)) return 0;
  const { action } = splitCondition(plain);
  const afterRole = /^[\p{Lu}][\p{L}/ &-]{1,40}:\s+(.+)$/u.exec(action)?.[1];
  return Math.max(weigh(action), afterRole === undefined ? 0 : weigh(afterRole));
}

function weigh(text: string): number {
  const start = withoutOpeners(text);
  const own = Math.max(imperative(start), imperative(text), statement(start));
  if (own > 0 || !phrases.test(start)) return own;
  const clauses = start.split(/,\s+/).slice(1);
  return Math.max(0, ...clauses.map((clause) => Math.max(imperative(withoutOpeners(clause)), statement(clause))));
}

/** Imperative mood: 1 for a listed verb, 0.8 for an unlisted word before an article, 0 otherwise. */
export function imperative(text: string): number {
  if (/^(?:do not|don['’]t|never|be sure|be|let)\s+\p{L}/iu.test(text)) return 1;
  const [first = '', second = ''] = wordsOf(text);
  const verb = first.toLowerCase().replace(/^re-/, '');
  const afterFirst = text.trim().slice(first.length).trimStart();
  if (afterFirst.startsWith(':') || second === '') return 0;
  if (isNounPhrase(text, second)) return 0;
  if (verbs.has(verb)) return 1;
  if (noVerbs.has(verb) || determiners.has(verb) || /(?:ed|ing|tion|ment|ness|ity|ings|ies|ly|(?<!s)s)$/.test(verb)) return 0;
  return determiners.has(second) && /^\p{L}{3,}$/u.test(verb) ? 0.8 : 0;
}

/** `Test Results`, `Record of visits`, `Report Summary`: nouns, though the first word may also be a verb. */
function isNounPhrase(text: string, second: string): boolean {
  const words = wordsOf(text);
  if (second.toLowerCase() === 'of') return true;
  if (/^(?:is|are|was|were|has|had|will|must|should|can|may)$/i.test(second)) return true;
  return words.length <= 4 && !/[.!;]$/.test(text.trim()) && nounFollowers.test(second) && (second.toLowerCase() !== 'and' || /^\p{Lu}/u.test(words[2] ?? ''));
}

const modal = /^(?:must|shall|should|needs? to|has to|have to|is required to|are required to|is responsible for|are responsible for|will)$/i;
/** Plans for coming years: goals, not steps. */
const plan = /\bby\s+(?:the end of\s+)?(?:FY\s*)?(?:\p{L}+\s+)?(?:\d{1,2},?\s+)?(?:FY\s*\d{2,4}|(?:19|20)\d\d)\b/iu;

/** A sentence with a subject: obligation, someone's deed, or the passive of the present. */
function statement(text: string): number {
  const words = wordsOf(text);
  if (words.some((w, i) => i < 8 && /^(?:was|were|had|did)$/i.test(w))) return 0;
  const join = (i: number, n: number) => words.slice(i, i + n).join(' ');
  for (let i = 1; i < Math.min(words.length, 9); i++) {
    if (i === 1 && /^(?:it|there|this|that|these|those|which)$/i.test(words[0] ?? '')) return 0;
    if ([1, 2, 3].some((n) => modal.test(join(i, n)))) return namesPerson(words.slice(0, i)) ? 0.8 : 0.4;
    if (/^(?:is|are)$/i.test(words[i] ?? '') && /(?:ed|en|sent|made|kept|put|set|done|built|read|cut)$/i.test(words[i + 1] ?? '')) return 0.5;
    if (thirdPersons.has((words[i] ?? '').toLowerCase()) && words.length > i + 1 && /^(?:the|a|an|each|all|every|he|she|\p{Lu})/u.test(words[0] ?? '')) return followsSubject(words, i) ? 0.65 : 0;
  }
  return 0;
}

/** A role in a word of its own; an organisation's initials name no person. */
const namesPerson = (words: readonly string[]): boolean => namesRole(words.filter((w) => !determiners.has(w.toLowerCase())).join(' ')) && !words.some((w) => /^\p{Lu}{3,}$/u.test(w));

/** The noun before a plural such as `records` would make it a noun too: a determiner or preposition must not stand right before. */
const followsSubject = (words: readonly string[], i: number): boolean => {
  const before = (words[i - 1] ?? '').toLowerCase();
  return !noVerbs.has(before) && !determiners.has(before);
};
