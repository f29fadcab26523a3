import { semanticSchema, vocabulary, type Json, type SemanticSchema, type Vocabulary } from '@symphainy/contracts';

/** A member of a canonical model: its JSON Schema, what it means, and what else it is called. */
export interface ModelMember {
  readonly schema: { readonly [keyword: string]: Json };
  readonly definition: string;
  readonly synonyms: readonly string[];
  readonly required?: true;
}

export interface CanonicalModel {
  readonly schema: SemanticSchema;
  readonly vocabulary: Vocabulary;
}

/** A canonical model of flat members, and the vocabulary that goes with it. Members that are not named are allowed: sources carry more than the model knows. */
export function canonicalModel(about: { readonly name: string; readonly version: string; readonly description: string }, members: { readonly [name: string]: ModelMember }): CanonicalModel {
  const entries = Object.entries(members);
  const schema = {
    title: about.description,
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, member]) => [name, { ...member.schema, description: member.definition }])),
    required: entries.filter(([, member]) => member.required === true).map(([name]) => name),
  };
  const terms = entries.map(([name, member]) => ({ term: name, definition: member.definition, synonyms: [...member.synonyms], schema: about.name, path: `/${name}` }));
  return {
    schema: semanticSchema.parse({ ...about, owner: 'platform', schema }),
    vocabulary: vocabulary.parse({ name: about.name, version: about.version, description: `Words of ${about.description}`, owner: 'platform', terms }),
  };
}

export const text: ModelMember['schema'] = { type: ['string', 'null'] };
export const identifier: ModelMember['schema'] = { type: 'string', minLength: 1 };
export const date: ModelMember['schema'] = { type: ['string', 'null'], format: 'date' };
/** Decimals are written as text where binary fractions would change them. */
export const amount: ModelMember['schema'] = { type: ['number', 'string', 'null'] };
export const count: ModelMember['schema'] = { type: ['integer', 'null'], minimum: 0 };
