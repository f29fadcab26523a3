/** External data as references: described by its connector, registered as it is, never copied. */
import { artifactId, connector, externalLocation, externalTable, type ExternalLocation, type ExternalTable, type Json, type ProducedArtifact } from '@symphainy/contracts';
import { defineCapability, task, type CapabilityDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { versionOf, type ConnectorDesk } from './connectors/connector-desk.js';

const describePayload = z.strictObject({
  binding: externalLocation.shape.binding.describe('the binding of a Solution that has a connector'),
  table: z.string().min(1).max(200).describe('the table, as the binding lists it: <schema>.<table>'),
  name: z.string().max(100).regex(/^[a-z0-9][a-zA-Z0-9._-]*$/).default('table').describe('the name of the reference'),
  classification: z.string().max(60).optional(),
});
type Describe = StepTask<z.infer<typeof describePayload>>;

const described = z.object({ reference: artifactId, columns: externalTable.shape.columns, key: externalTable.shape.key, version: z.string() });

/** How a binding of the tenant is reached; what policy and the bundle do not give is an error of the tool. */
export async function connectorOf(step: Pick<StepTask<unknown>, 'tool'>, binding: string): Promise<z.infer<typeof connector>> {
  return z.object({ connector }).parse(await step.tool('connector.settings', { binding })).connector;
}

/** `solution.describe_external`: the columns and the key of a table outside, as a reference that is good while they stay so. */
export const describeExternal = (desk: Pick<ConnectorDesk, 'describe'>): CapabilityDefinition =>
  defineCapability({
    intent: 'solution.describe_external',
    version: '1.0.0',
    description: 'Describes a table of an outside system that a Solution binds, and registers it as a reference. Nothing of it is copied.',
    determinism: 'grounded',
    input: describePayload,
    output: described,
    tools: ['connector.settings'],
    saga: [task('describe', (step: Describe) => describe(step, desk), { timeoutMs: 60_000 })],
  });

async function describe(step: Describe, desk: Pick<ConnectorDesk, 'describe'>): Promise<StepResultInput> {
  const { binding, table: name, name: reference, classification } = step.payload;
  const location: ExternalLocation = { kind: 'table', binding, name };
  const table = await desk.describe(await connectorOf(step, binding), location);
  const version = versionOf(table);
  const artifact: ProducedArtifact = {
    name: reference, artifact_type: 'solution.external_table', media_type: 'application/x-table', external: { ...location, version }, schema: { columns: columnsOf(table) },
    summary: { columns: table.columns.length, key: table.key.join(', ') }, ...(classification === undefined ? {} : { classification }),
  };
  return { output: { reference: step.artifactId(reference), columns: table.columns, key: table.key, version } as unknown as Json, artifacts: [artifact] };
}

const columnsOf = ({ columns }: ExternalTable): NonNullable<ProducedArtifact['schema']>['columns'] => columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
