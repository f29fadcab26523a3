/** Who does what under which condition, read from the words of a step. */
import { actionWeight, imperative, withoutOpeners } from '../language/action-form.js';
import { jumpTarget, splitCondition } from '../language/condition.js';
import { namesRole } from '../language/roles.js';
import { thirdPerson, verbs } from '../language/verbs.js';
import type { StepDraft } from '../model/step-draft.js';

export interface StepReading {
  readonly actor?: string;
  readonly action: string;
  readonly condition?: string;
  readonly otherwise?: string;
  readonly goto?: string;
  readonly otherwise_goto?: string;
}

export function readStep(draft: StepDraft): StepReading {
  if (draft.lead !== undefined) return readLead(draft, draft.lead);
  const { condition: stated, action: rest, otherwise } = firstConditional(draft.text);
  const { actor, action } = splitActor(rest);
  const who = draft.actor ?? actor;
  const condition = draft.condition ?? stated;
  const [goto, otherwiseGoto] = [jumpTarget(action), otherwise === undefined ? undefined : jumpTarget(otherwise)];
  return {
    action: sentence(action),
    ...(who === undefined ? {} : { actor: who }),
    ...(condition === undefined ? {} : { condition: condition.replace(/^if\s+/i, '') }),
    ...(otherwise === undefined ? {} : { otherwise: sentence(otherwise) }),
    ...(goto === undefined ? {} : { goto }),
    ...(otherwiseGoto === undefined ? {} : { otherwise_goto: otherwiseGoto }),
  };
}

/** A step whose sentences are its substeps: conditions and jumps are theirs. */
function readLead(draft: StepDraft, lead: string): StepReading {
  const { actor, action } = splitActor(firstConditional(lead).action);
  const who = draft.actor ?? actor;
  return { action: sentence(action), ...(who === undefined ? {} : { actor: who }) };
}

/** A role before the condition (`Clerk: if …`) is kept with the action. */
function firstConditional(text: string): ReturnType<typeof splitCondition> {
  const role = rolePrefix.exec(text);
  const body = role === null ? text : text.slice(role[0].length);
  const split = splitCondition(body);
  return role === null || split.condition === undefined ? (role === null ? split : splitCondition(text)) : { ...split, action: `${role[0]}${split.action}` };
}

const sentence = (text: string): string => text.replace(/[.;,\s]+$/, '').replace(/^\p{Ll}/u, (first) => first.toUpperCase());

const rolePrefix = /^(?:the\s+)?(\p{Lu}[\p{L}/&'’.-]*(?:\s+[\p{L}/&'’-]+){0,4})\s*(?::|\s[–—-])\s+/u;
const subject = /^(?:the\s+|an?\s+|each\s+|every\s+|all\s+)?((?:[\p{L}/&'’-]+\s+){1,4}?)(must|shall|should|will|needs? to|has to|have to|is responsible for|are responsible for|[\p{Ll}-]+s)\s+(\S.*)$/iu;
const agent = /\b(?:is|are|be)\s+\p{L}+\s+(?:.{0,60}?\s)?by\s+the\s+((?:[\p{L}-]+\s?){1,3}?)(?=[.,;]|\s+(?:and|to|in|on|at|for|before|after|using|within|with)\b|$)/iu;

/** Takes a role off an action: `Clerk: check …`, `The clerk checks …`; in `… is signed by the manager` the words stay. */
export function splitActor(text: string): { actor?: string; action: string } {
  const timed = timing.exec(text);
  const after = timed === null ? undefined : splitActor(text.slice(timed[0].length));
  return timed === null || after?.actor === undefined ? splitPlainActor(text) : { actor: after.actor, action: `${after.action.replace(/[.;]+$/, '')} ${(timed[1] ?? '').replace(/^\p{Lu}/u, (c) => c.toLowerCase())}` };
}

/** `When power is stable, the supervisor …`: who acts stands after the comma; the time goes to the end. */
const timing = /^((?:when|whenever|once|after|before|while|until|upon|every|each|within|at)\s[^,.]{3,120}),\s+(?=the\s|an?\s|each\s|all\s|\p{Lu})/iu;

function splitPlainActor(text: string): { actor?: string; action: string } {
  const prefixed = rolePrefix.exec(text);
  const [named, rest] = prefixed === null ? ['', ''] : [prefixed[1] ?? '', text.slice(prefixed[0].length)];
  if (namesRole(named) && actionWeight(rest) > 0) return { actor: roleName(named), action: rest };
  const start = withoutOpeners(text);
  const told = imperative(start) > 0 ? null : subject.exec(start);
  const action = told === null ? undefined : deed(told[2] ?? '', told[3] ?? '');
  if (told !== null && action !== undefined && namesRole(told[1] ?? '')) return { ...(isPronoun(told[1] ?? '') ? {} : { actor: roleName(told[1] ?? '') }), action };
  const by = agent.exec(text);
  return by === null || !namesRole(by[1] ?? '') ? { action: text } : { actor: roleName(by[1] ?? ''), action: text };
}

/** `checks` + `the form` is `check the form`; `must` + `not open it` is `do not open it`. Undefined when no verb is known there. */
function deed(verb: string, rest: string): string | undefined {
  if (!/s$/i.test(verb) || /\s/.test(verb)) return /^not\s/i.test(rest) ? `do ${rest}` : rest;
  const base = baseOf.get(verb.toLowerCase());
  return base === undefined ? undefined : `${base} ${inBaseForm(rest)}`;
}

/** `… and checks it`: a further verb of the same subject. Where the word is as often a noun (`forms and records`), only before an object. */
const further = /\b(and|or|then)\s+(\p{Ll}+s)(?=\s+(\p{L}+))/gu;
const alsoNouns = new Set('answers assists calls changes checks copies covers cuts dates deposits details displays documents drafts drills drops exits files fits flags forms guides holds invoices issues joins labels launches limits links lists loads locks logs marks matches measures meets mixes notes numbers orders packs parks passes patches picks pins places plans plugs posts presses prices prints programs pulls pumps purchases pushes queries reads records releases repairs replies reports requests returns reviews rolls routes runs samples scans schedules screens searches seals sends sets shares shifts ships signals signs slides sorts stacks stamps starts states stops stores supplies surveys switches tags takes taps tests tracks transfers transports treats turns types updates uses views visits waits walks washes watches works'.split(' '));
const objects = /^(?:the|an?|it|them|this|these|that|each|all|any|his|her|their|its)$/;

const inBaseForm = (rest: string): string =>
  rest.replace(further, (all: string, link: string, next: string, after: string) => (baseOf.has(next) && (!alsoNouns.has(next) || objects.test(after)) ? `${link} ${baseOf.get(next)}` : all));

const baseOf = new Map([...verbs].map((verb) => [thirdPerson(verb), verb]));
const isPronoun = (text: string): boolean => /^(?:he|she|they|someone|everyone)$/i.test(text.trim());

/** Roles are one whatever their case and article: the first letter upper. */
const roleName = (text: string): string => text.trim().replace(/^(?:the|an?|each|every|all)\s+/i, '').replace(/\s+/g, ' ').replace(/^\p{Ll}/u, (first) => first.toUpperCase());
