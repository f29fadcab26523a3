import { subjects, type SubjectEntry } from '@symphainy/contracts';
import { z } from 'zod';
import { generatedHeader, table } from './markdown.js';

type JsonSchema = { readonly type?: unknown; readonly properties?: Readonly<Record<string, unknown>>; readonly required?: readonly string[]; readonly anyOf?: readonly JsonSchema[]; readonly oneOf?: readonly JsonSchema[] };

function fieldsOf(schema: JsonSchema): string {
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches !== undefined) return branches.map(fieldsOf).join(' *or* ');
  if (schema.properties === undefined) return typeof schema.type === 'string' ? schema.type : 'any JSON';
  return Object.keys(schema.properties)
    .map((name) => `\`${name}${schema.required?.includes(name) === true ? '' : '?'}\``)
    .join(' ');
}

const describe = (schema: z.ZodType | undefined): string => (schema === undefined ? '' : fieldsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema));

/** Subjects by the direction their messages take: `gateway → runtime`. */
function byDirection(catalogue: Readonly<Record<string, SubjectEntry>>): Map<string, [string, SubjectEntry][]> {
  const directions = new Map<string, [string, SubjectEntry][]>();
  for (const [subject, entry] of Object.entries(catalogue)) {
    const direction = `${entry.publisher.join(', ')} → ${entry.consumer}`;
    directions.set(direction, [...(directions.get(direction) ?? []), [subject, entry]]);
  }
  return directions;
}

const row = ([subject, entry]: [string, SubjectEntry]): string[] => [`\`${subject}\``, entry.delivery === 'one' ? 'one instance' : 'every instance', describe(entry.request), describe(entry.reply)];

/** docs/reference/subjects.md: the whole catalogue, by direction. */
export function renderSubjectsReference(catalogue: Readonly<Record<string, SubjectEntry>> = subjects): string {
  const sections = [...byDirection(catalogue)].map(([direction, entries]) => `## ${direction}\n\n${table(['subject', 'taken by', 'request', 'reply'], entries.map(row))}`);
  return [
    generatedHeader('Subjects', '`libs/contracts/src/subjects.ts`'),
    'Every message between services. `{name}` is filled in per message; `?` marks an optional field; no reply means that nothing is answered.',
    'The permissions in `deploy/nats/permissions.conf` come from the same catalogue.\n',
    sections.join('\n'),
  ].join('\n');
}
