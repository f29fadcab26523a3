/** External data as references: described by its connector, registered as it is, never copied. */
import { artifactId, connector, externalLocation, externalTable, failure, type Connector, type ExternalLocation, type ExternalTable, type HttpConnector, type Json, type ProducedArtifact } from '@symphainy/contracts';
import { sha256Stream } from '@symphainy/kernel';
import { defineCapability, task, type CapabilityDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { versionOf, type ConnectorDesk } from './connectors/connector-desk.js';

const path = z.string().max(1000).regex(/^\//, 'must begin with /');
const describePayload = z.strictObject({
  binding: externalLocation.shape.binding.describe('the binding of a Solution that has a connector'),
  table: z.string().min(1).max(200).optional().describe('a table, as the binding lists it: <schema>.<table>'),
  object: path.optional().describe('an object behind the binding: its path, below one that the binding lists'),
  api: path.optional().describe('an answer of an API behind the binding: its path, with its query'),
  hash: z.boolean().default(false).describe('objects: read once now, so that only the same bytes are read later'),
  name: z.string().max(100).regex(/^[a-z0-9][a-zA-Z0-9._-]*$/).default('data').describe('the name of the reference'),
  classification: z.string().max(60).optional(),
});
type Describe = StepTask<z.infer<typeof describePayload>>;

const described = z.object({ reference: artifactId, columns: externalTable.shape.columns.optional(), key: externalTable.shape.key.optional(), version: z.string().optional(), media_type: z.string(), size: z.number().int().optional(), content_hash: z.string().optional() });

export type DescribingDesk = Pick<ConnectorDesk, 'describe' | 'describeObject' | 'openObject'>;

/** How a binding of the tenant is reached; what policy and the bundle do not give is an error of the tool. */
export async function connectorOf(step: Pick<StepTask<unknown>, 'tool'>, binding: string): Promise<z.infer<typeof connector>> {
  return z.object({ connector }).parse(await step.tool('connector.settings', { binding })).connector;
}

/** `solution.describe_external`: what is outside, as a reference that is good while it stays so: a table by its columns and key, an object by what its server calls its version. */
export const describeExternal = (desk: DescribingDesk): CapabilityDefinition =>
  defineCapability({
    intent: 'solution.describe_external',
    version: '1.0.0',
    description: 'Describes a table, an object or an API of an outside system that a Solution binds, and registers it as a reference. Nothing of it is copied.',
    determinism: 'grounded',
    input: describePayload,
    output: described,
    tools: ['connector.settings'],
    saga: [task('describe', (step: Describe) => describe(step, desk), { timeoutMs: 60_000 })],
  });

async function describe(step: Describe, desk: DescribingDesk): Promise<StepResultInput> {
  const { table, object, api } = step.payload;
  const named = [table, object, api].filter((one) => one !== undefined);
  if (named.length !== 1) throw failure('request.invalid', { message: 'exactly one of table, object and api says what is described', field: '/table' });
  const location: ExternalLocation = { kind: table !== undefined ? 'table' : object !== undefined ? 'object' : 'api', binding: step.payload.binding, name: named[0]! };
  const settings = await connectorOf(step, location.binding);
  return settings.kind === 'http' ? describeObject(step, desk, settings, location) : describeTable(step, desk, settings, location);
}

async function describeObject(step: Describe, desk: DescribingDesk, settings: HttpConnector, location: ExternalLocation): Promise<StepResultInput> {
  const { name, classification, hash } = step.payload;
  const told = hash ? await hashedObject(desk, settings, location) : await desk.describeObject(settings, location);
  const { mediaType, version, size, contentHash } = { contentHash: undefined, ...told };
  const external = { ...location, ...(version === undefined ? {} : { version }), ...(contentHash === undefined ? {} : { content_hash: contentHash }), ...(size === undefined ? {} : { size }) };
  const artifact: ProducedArtifact = { name, artifact_type: 'solution.external_object', media_type: mediaType, external, summary: { filename: location.name.replace(/\?.*$/, '').split('/').at(-1) ?? '' }, ...(classification === undefined ? {} : { classification }) };
  return { output: { reference: step.artifactId(name), media_type: mediaType, ...(version === undefined ? {} : { version }), ...(size === undefined ? {} : { size }), ...(contentHash === undefined ? {} : { content_hash: contentHash }) }, artifacts: [artifact] };
}

async function hashedObject(desk: DescribingDesk, settings: HttpConnector, location: ExternalLocation) {
  const { described: told, bytes } = await desk.openObject(settings, location);
  const running = sha256Stream();
  let size = 0;
  for await (const chunk of bytes) {
    running.update(chunk);
    size += chunk.length;
  }
  return { ...told, size, contentHash: running.digestHex() };
}

async function describeTable(step: Describe, desk: DescribingDesk, settings: Connector, location: ExternalLocation): Promise<StepResultInput> {
  const { name: reference, classification } = step.payload;
  const table = await desk.describe(settings, location);
  const version = versionOf(table);
  const artifact: ProducedArtifact = {
    name: reference, artifact_type: 'solution.external_table', media_type: 'application/x-table', external: { ...location, version }, schema: { columns: columnsOf(table) },
    summary: { columns: table.columns.length, key: table.key.join(', ') }, ...(classification === undefined ? {} : { classification }),
  };
  return { output: { reference: step.artifactId(reference), columns: table.columns, key: table.key, version, media_type: 'application/x-table' } as unknown as Json, artifacts: [artifact] };
}

const columnsOf = ({ columns }: ExternalTable): NonNullable<ProducedArtifact['schema']>['columns'] => columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
