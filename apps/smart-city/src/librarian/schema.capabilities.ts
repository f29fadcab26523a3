import { failure, semanticSchema, vocabulary, type SemanticSchema, type Vocabulary } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange, type ChangeRule } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';
import { compareVersions, majorOf } from '../curator/version-rules.js';
import { requireSchema } from './json-schema.js';
import { incompatibilities, type Incompatibility } from './schema-compatibility.js';

const versionKey = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name}@${version}`;

/** What stands under a name and version stands for ever. */
const schemaRule = changeRule<SemanticSchema>({
  name: 'schema',
  value: semanticSchema,
  apply: (catalogue, key, value) => (catalogue.get('schema', key) === undefined ? put('schema', value) : undefined),
});

const vocabularyRule = changeRule<Vocabulary>({
  name: 'vocabulary',
  value: vocabulary,
  apply: (catalogue, key, value) => (catalogue.get('vocabulary', key) === undefined ? put('vocabulary', value) : undefined),
});

/** What of the standing version's promise the later one breaks; a new major number promises nothing. */
export function brokenPromises(standing: SemanticSchema, later: SemanticSchema): Incompatibility[] {
  if (majorOf(standing.version) !== majorOf(later.version)) return [];
  const keeps = standing.compatibility;
  return [
    ...(keeps === 'backward' || keeps === 'full' ? incompatibilities(standing.schema, later.schema) : []),
    ...(keeps === 'forward' || keeps === 'full' ? incompatibilities(later.schema, standing.schema) : []),
  ];
}

/** The version that a new one comes right after, if there is one. */
export function versionBefore<E extends { readonly version: string }>(entries: readonly E[], version: string): E | undefined {
  return entries.filter((entry) => compareVersions(entry.version, version) < 0).toSorted((a, b) => compareVersions(b.version, a.version))[0];
}

function requireNew(entries: readonly { readonly name: string; readonly version: string }[], offered: { readonly name: string; readonly version: string }): void {
  const same = entries.find((entry) => entry.version === offered.version);
  if (same !== undefined && hashOf(same) !== hashOf(offered)) throw failure('registration.conflict', { message: `version ${offered.version} of ${offered.name} stands with other content`, field: '/version', fix: 'raise the version' });
}

const putSchema = governedTask({
  intent: 'governance.put_schema',
  description: 'Adds a canonical model, or a version of one: a JSON Schema. A version that breaks what the last one promised must raise the major number.',
  input: semanticSchema.strict(),
  consults: true,
  changes: async (payload, context, registries) => {
    requirePlatform(context.tenant_id);
    requireSchema(payload.schema);
    const standing = await registries.entries<SemanticSchema>('schemas', payload.name);
    requireNew(standing, payload);
    const before = versionBefore(standing, payload.version);
    const [broken] = before === undefined ? [] : brokenPromises(before, payload);
    if (broken !== undefined) throw failure('registration.incompatible', { message: `${payload.name} ${payload.version} after ${before?.version} (${before?.compatibility}): ${broken.at || '/'} ${broken.message}`, field: '/schema' });
    return [recordedChange(schemaRule, versionKey(payload), payload)];
  },
});

const putVocabulary = governedTask({
  intent: 'governance.put_vocabulary',
  description: 'Adds a vocabulary, or a version of one: terms, what else they are called, and which members of which schema they name.',
  input: vocabulary.strict(),
  consults: true,
  changes: async (payload, context, registries) => {
    requirePlatform(context.tenant_id);
    requireUniqueWords(payload);
    requireNew(await registries.entries<Vocabulary>('vocabularies', payload.name), payload);
    for (const schema of new Set(payload.terms.flatMap((term) => term.schema ?? []))) {
      if ((await registries.entries('schemas', schema)).length === 0) throw failure('governance.invalid', { message: `no schema is named ${schema}`, field: '/terms' });
    }
    return [recordedChange(vocabularyRule, versionKey(payload), payload)];
  },
});

/** A word that stands for two terms would map to either. Case and punctuation make no other word. */
export function requireUniqueWords({ terms }: Pick<Vocabulary, 'terms'>): void {
  const owners = new Map<string, string>();
  terms.forEach(({ term, synonyms }, i) => {
    for (const word of [term, ...synonyms].map(plainWord)) {
      const owner = owners.get(word);
      if (owner !== undefined && owner !== term) throw failure('governance.invalid', { message: `"${word}" stands for "${owner}" and for "${term}"`, field: `/terms/${i}` });
      owners.set(word, term);
    }
  });
}

/** How words are compared: lower case, letters and digits only. */
export const plainWord = (word: string): string => word.normalize('NFKC').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();

export const schemaCapabilities = [putSchema, putVocabulary];
export const schemaRules: readonly ChangeRule[] = [schemaRule as ChangeRule, vocabularyRule as ChangeRule];
