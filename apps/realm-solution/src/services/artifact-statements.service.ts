/** What a report says of each kind of artifact. Kinds it does not know are told by their plain top-level values. */
import type { Json } from '@symphainy/kernel';
import { pointerPart, resolvePointer } from '../model/json-pointer.js';
import { present, state, type Draft, type SourceArtifact } from '../model/statement-draft.js';

/** So that a report stays readable: at most so many columns, steps, facts or tables are told one by one. */
const MAX_EACH = 40;
const MAX_FACTS = 10;

type Teller = (source: SourceArtifact) => Draft[];

const listAt = (source: SourceArtifact, pointer: string): Json[] => {
  const value = resolvePointer(source.content, pointer);
  return Array.isArray(value) ? value : [];
};
const positive = (source: SourceArtifact, pointer: string): boolean => Number(resolvePointer(source.content, pointer) ?? 0) > 0;
const each = (source: SourceArtifact, pointer: string, tell: (item: string) => (Draft | undefined)[], max = MAX_EACH): (Draft | undefined)[] =>
  listAt(source, pointer).slice(0, max).flatMap((_, i) => tell(`${pointer}/${i}`));

const documentStatements: Teller = (source) =>
  present([
    state(source, 'The document “{}” was read as {}: {} block[s], {} table[s].', '/title', '/kind', '#/blocks', '#/tables') ?? state(source, 'The document was read as {}: {} block[s], {} table[s].', '/kind', '#/blocks', '#/tables'),
    ...each(source, '/tables', (at) => [state(source, 'Its table “{}” has {} row[s] in {} column[s].', `${at}/name`, `#${at}/rows`, `#${at}/columns`) ?? state(source, 'Its table {} has {} row[s] in {} column[s].', `${at}/id`, `#${at}/rows`, `#${at}/columns`)]),
    listAt(source, '/failures').length > 0 ? state(source, 'Decoding failed for {} field[s].', '#/failures') : undefined,
  ]);

const factStatements: Teller = (source) =>
  present([state(source, 'It gave {} fact[s].', '#/facts'), ...each(source, '/facts', (at) => [state(source, '{} – {}: {}.', `${at}/subject`, `${at}/predicate`, `${at}/value`) ?? state(source, '{}: {}.', `${at}/predicate`, `${at}/value`)], MAX_FACTS)]);

const profileStatements: Teller = (source) =>
  present([
    state(source, 'The table “{}” has {} row[s] in {} column[s]; {%} of its cells are missing.', '/table/name', '/table/rows', '/table/columns', '/totals/null_rate'),
    positive(source, '/totals/duplicate_rows') ? state(source, 'It holds {} repeated row[s].', '/totals/duplicate_rows') : undefined,
    positive(source, '/totals/structure_issues') ? state(source, 'Its structure has {} fault[s] (labels, blank or ragged rows).', '/totals/structure_issues') : undefined,
    ...each(source, '/columns', (at) => columnStatements(source, at)),
    ...each(source, '/rules', (at) => [state(source, 'Rule “{}” on column “{}”: {} violation[s] in {} value[s].', `${at}/rule/rule`, `${at}/rule/column`, `${at}/violations/count`, `${at}/checked`)]),
  ]);

function columnStatements(source: SourceArtifact, at: string): (Draft | undefined)[] {
  const told = (pointer: string, template: string, ...places: string[]) => (positive(source, pointer) ? state(source, template, ...places) : undefined);
  return [
    state(source, 'Column “{}” ({}): {} value[s], {} distinct, {} missing ({%}).', `${at}/name`, `${at}/type`, `${at}/non_nulls`, `${at}/distinct`, `${at}/nulls`, `${at}/null_rate`),
    state(source, 'Column “{}” runs from {} to {}, mean {}, median {}.', `${at}/name`, `${at}/numbers/min`, `${at}/numbers/max`, `${at}/numbers/mean`, `${at}/numbers/median`),
    state(source, 'Column “{}” runs from {} to {}.', `${at}/name`, `${at}/dates/min`, `${at}/dates/max`),
    told(`${at}/outliers/count`, 'Column “{}” has {} outlier[s] outside {} to {} ({}).', `${at}/name`, `${at}/outliers/count`, `${at}/outliers/lower`, `${at}/outliers/upper`, `${at}/outliers/method`),
    told(`${at}/type_exceptions/count`, 'Column “{}” has {} value[s] that cannot be read as {}.', `${at}/name`, `${at}/type_exceptions/count`, `${at}/type`),
    told(`${at}/variants/count`, 'Column “{}” has {} likely misspelling[s], such as “{}” for “{}”.', `${at}/name`, `${at}/variants/count`, `${at}/variants/listed/0/value`, `${at}/variants/listed/0/likely`),
  ];
}

const sopStatements: Teller = (source) =>
  present([
    state(source, 'The procedure “{}” has {} step[s], {} decision[s] and {} role[s].', '/title', '#/steps', '#/decisions', '#/roles'),
    ...each(source, '/steps', (at) => [stepStatement(source, at)]),
    ...each(source, '/decisions', (at) => [state(source, 'Decision “{}” – yes: {}; no: {}.', `${at}/question`, `${at}/yes`, `${at}/no`)]),
  ]);

const stepStatement = (source: SourceArtifact, at: string): Draft | undefined => {
  const known = ['actor', 'condition'].filter((field) => resolvePointer(source.content, `${at}/${field}`) !== undefined);
  const [who, when] = [known.includes('actor') ? ' ({})' : '', known.includes('condition') ? ' if {}:' : ''];
  return state(source, `Step {}${who}:${when} {}.`, ...['number', ...known, 'action'].map((field) => `${at}/${field}`));
};

/** At most ten plain values of an artifact of a kind that is not known here. */
const plainStatements: Teller = (source) => {
  const { content } = source;
  if (content === null || typeof content !== 'object' || Array.isArray(content)) return [];
  return present(Object.entries(content).map(([key, value]) => plainStatement(source, key, value))).slice(0, 10);
};

/** A name that is words: a sign beside a figure could change what the figure says ("1 %"). */
const words = /^\p{L}[\p{L}\p{M} '-]*$/u;

const plainStatement = (source: SourceArtifact, key: string, value: Json): Draft | undefined => {
  const label = key.replace(/_/g, ' ');
  if (!words.test(label)) return undefined;
  return Array.isArray(value) ? state(source, `It holds {} ${label}.`, `#/${pointerPart(key)}`) : typeof value === 'object' ? undefined : state(source, `Its ${label}: {}.`, `/${pointerPart(key)}`);
};

const tellers: Record<string, Teller> = { 'content.document': documentStatements, 'content.facts': factStatements, 'insights.profile': profileStatements, 'journey.sop': sopStatements };
/** In a section, kinds come in this order, others after them. */
const order = Object.keys(tellers);
export const rankOf = (artifactType: string): number => (order.includes(artifactType) ? order.indexOf(artifactType) : order.length);

/** Kinds whose content says nothing to a reader. */
const silent = new Set(['content.parsed', 'content.copybook_layout', 'content.embeddings', 'solution.inventory', 'solution.report', 'solution.report_markdown']);

export const isTold = (artifactType: string, mediaType: string): boolean => mediaType.startsWith('application/json') && !silent.has(artifactType);

export const tellArtifact = (source: SourceArtifact): Draft[] => (tellers[source.artifact_type] ?? plainStatements)(source);

/** What the session's inventory itself says: how many executions, which failed, which files came in. */
export function tellInventory(source: SourceArtifact): Draft[] {
  const files = listAt(source, '/artifacts').flatMap((artifact, i) => (resolvePointer(artifact, '/artifact_type') === 'runtime.file' ? [`/artifacts/${i}`] : []));
  return present([
    state(source, 'The report covers {} completed execution[s] with {} artifact[s].', '#/completed', '#/artifacts'),
    positive(source, '/omitted') ? state(source, 'It leaves out {} earlier execution[s].', '/omitted') : undefined,
    ...files.slice(0, MAX_EACH).map((at) => state(source, 'The file “{}” was received: {} byte[s].', `${at}/summary/filename`, `${at}/object/size`)),
    ...each(source, '/completed', (at) => [state(source, '{} completed {} step[s] with {} artifact[s] in {} record[s].', `${at}/intent_type`, `${at}/steps_completed`, `${at}/artifact_count`, `${at}/record_count`)]),
    ...each(source, '/failed', (at) => [state(source, '{} failed with {}.', `${at}/intent_type`, `${at}/error_code`) ?? state(source, '{} failed.', `${at}/intent_type`)]),
  ]);
}
