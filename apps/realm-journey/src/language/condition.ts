/** Conditions of a step: `If …, …`, `… if …`, `otherwise …`, and where a step leads (`go to step 5`). */

export interface ConditionalText {
  condition?: string;
  action: string;
  otherwise?: string;
}

const leading = /^(?:if and only if|only if|if|in case of|in case|in the event of|in the event that|provided that|provided|unless|should)\s+/i;
const trailing = /^(.{8,}?),?\s+(?:only\s+)?(if|unless|in case)\s+(?!necessary\b|needed\b|required\b|possible\b|applicable\b|any\b|so\b)(.{4,}?)[.;]?$/i;
/** `Check if …` asks a question; it is no condition of the checking. */
const asksWhether = /\b(?:check|see|determine|ask|verify|decide|confirm|know|assess|evaluate|find out|establish|inspect|test|tell|say|indicate|wonder|consider)s?(?:\s+\S+){0,3}$/i;
const elseClause = /[;.,]\s*(?:otherwise|if not|else)\s*[,:]?\s+(.+?)\s*$/i;

/** Takes a condition off a step's text. Without one, `action` is the text. */
export function splitCondition(text: string): ConditionalText {
  const elsewhere = elseClause.exec(text);
  const main = elsewhere === null ? text : text.slice(0, elsewhere.index);
  const split = splitLeading(main) ?? splitTrailing(main);
  if (split === undefined) return { action: text };
  return { ...split, ...(elsewhere === null ? {} : { otherwise: clean(elsewhere[1] ?? '') }) };
}

const clean = (text: string): string => text.trim().replace(/[.;,]+$/, '');

function splitLeading(text: string): ConditionalText | undefined {
  const opener = leading.exec(text);
  if (opener === null) return undefined;
  const rest = text.slice(opener[0].length);
  const cut = conditionEnd(rest);
  if (cut === undefined) return undefined;
  const word = opener[0].trim().toLowerCase();
  const condition = clean(rest.slice(0, cut.at));
  return { condition: word === 'unless' ? `not: ${condition}` : condition, action: rest.slice(cut.at + cut.length).trim() };
}

const actionStart = /^(?:then\s+)?(?:please\s+)?(?:do not|don['’]t|never|immediately|the\s+\p{L}+(?:\s+\p{L}+){0,3}\s+(?:must|shall|should|will|\p{L}+s)\b|you\s+|\p{L}{2,})/iu;

/** Where the condition ends: at `, then`, else at the first comma outside brackets that no further list item follows, else at ` then `. */
function conditionEnd(rest: string): { at: number; length: number } | undefined {
  const then = /,?\s+then[,:]?\s+/i.exec(rest);
  if (then !== null) return { at: then.index, length: then[0].length };
  const commas = [...rest.matchAll(/[,:]\s+(?![^(]*\))/g)].map((m) => ({ at: m.index, length: m[0].length }));
  const fits = commas.find(({ at, length }) => !listContinues(rest.slice(at + length)) && actionStart.test(rest.slice(at + length)));
  return fits;
}

/** `… leaks or cracks, …`: what follows a comma inside an enumeration ends in `and x` or `or x` before the next comma. */
const listContinues = (after: string): boolean => /^(?:[^,]{1,30},\s+)?(?:\S+\s+){0,3}?(?:or|and)\s+[^,]{1,30}\s+(?:is|are|has|have|does|do|was|were|\p{L}+s)\b[^,]*,/iu.test(after) || /^(?:or|and)\s/i.test(after);

function splitTrailing(text: string): ConditionalText | undefined {
  const found = trailing.exec(text);
  if (found === null || asksWhether.test(found[1] ?? '')) return undefined;
  const condition = clean(found[3] ?? '');
  return { condition: /unless/i.test(found[2] ?? '') ? `not: ${condition}` : condition, action: clean(found[1] ?? '') };
}

const jump = /\b(?:go(?: back)?|return|proceed|skip|jump|continue|move(?: on)?)(?:\s+(?:directly|immediately|ahead|back|on))?\s+(?:to|with|at|from)\s+step\s+((?:\d+|[a-z])(?:\.\d+|[a-z])*)/i;

/** The number of the step an action leads to: `go to step 5` gives `5`. */
export const jumpTarget = (action: string): string | undefined => jump.exec(action)?.[1];

/** Whether an action does nothing but lead elsewhere. */
export const isOnlyJump = (action: string): boolean => jump.test(action) && action.replace(jump, '').replace(/[\p{P}\s]/gu, '').length <= 4;
