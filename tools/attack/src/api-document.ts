interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
}

interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly security?: readonly unknown[];
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One route with places for ids, filled in by name. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Names of parameters in its path. */
  readonly inPath: readonly string[];
  /** Names of filters that name an id, or that search. */
  readonly inQuery: readonly string[];
  /** A body that fits its schema as far as that can be made up; undefined: it takes none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** It takes the body as a form. */
  readonly form: boolean;
}

/** Names under which the API takes ids; what is new in the document is found by the same ending. */
export const isId = (name: string): boolean => /(^|_)(id|reference|source|target)$/.test(name);

/** Names under which lists and searches take words. */
export const isSearch = (name: string): boolean => /^(text|prefix|query|q)$/.test(name);

const FORM = 'multipart/form-data';

/** Every route of the document that needs credentials, once for each form that its body may have. None is left out. */
export function routesOf(document: ApiDocument): Route[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).filter(([, { security }]) => security?.length !== 0).flatMap(([method, { parameters = [], requestBody }]) => {
      const content = requestBody?.content ?? {};
      const schema = content['application/json']?.schema ?? content[FORM]?.schema;
      const route = {
        method: method.toUpperCase(), path,
        inPath: parameters.filter((p) => p.in === 'path').map((p) => p.name),
        inQuery: parameters.filter((p) => p.in === 'query' && (isId(p.name) || isSearch(p.name))).map((p) => p.name),
        form: content[FORM] !== undefined,
      };
      return (schema === undefined ? [undefined] : variantsOf(schema, document)).map((variant) => ({ ...route, body: variant === undefined ? undefined : bodyOf(sample(variant, document)) }));
    }),
  );
}

const resolved = (schema: Schema, document: ApiDocument): Schema => (schema.$ref === undefined ? schema : (document.components.schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}));

/** What a body may be: each of the forms that its schema offers. */
function variantsOf(schema: Schema, document: ApiDocument): readonly Schema[] {
  const whole = resolved(schema, document);
  return whole.anyOf ?? whole.oneOf ?? [whole];
}

const bodyOf = (made: unknown): Record<string, unknown> => (typeof made === 'object' && made !== null ? (made as Record<string, unknown>) : {});

const NOWHERE = '019b0000-0000-7000-8000-00000000ffff';

/** The least value that fits a schema; ids name nothing. */
function sample(schema: Schema, document: ApiDocument, depth = 0): unknown {
  if (depth > 6) return null;
  if (schema.$ref !== undefined) return sample(resolved(schema, document), document, depth + 1);
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice !== undefined) return sample(choice, document, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties !== undefined || schema.type === 'object') {
    const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name) === true || isId(name));
    return Object.fromEntries(wanted.map(([name, property]) => [name, sample(property, document, depth + 1)]));
  }
  return plain(schema);
}

function plain(schema: Schema): unknown {
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (schema.type === 'boolean') return false;
  if (schema.type === 'array') return [];
  if (schema.format === 'uuid' || schema.pattern?.includes('8}-') === true) return NOWHERE;
  if (schema.format === 'date-time') return '2026-01-01T00:00:00.000Z';
  return schema.type === 'string' ? 'x' : {};
}
