import { failure, type Connector, type ExternalLocation, type ExternalOpened, type Json } from '@symphainy/contracts';
import type { CompiledBundle } from '@symphainy/governance';
import type { Channels } from '@symphainy/service-host';
import { z } from 'zod';
import type { Tool } from './tools.js';

export interface ConnectorParts {
  readonly bundle: () => CompiledBundle;
  readonly channels: Channels;
}

/** Longer than a connector takes to connect and look. */
const OPEN_MS = 20_000;
const settingsRequest = z.strictObject({ binding: z.string().min(1).max(80) });

/** The way to what stays outside: which connector a binding has for a tenant, by the bundle in force, and the realm that hosts it. */
export class Connectors {
  constructor(private readonly parts: ConnectorParts) {}

  /** Undefined: no Solution gives this binding a connector, so it is the Solution’s own. Throws `connector.unknown` for a tenant that its connector does not list. */
  find(tenantId: string, binding: string): Connector | undefined {
    const found = (this.parts.bundle().bundle.solutions ?? []).flatMap(({ bindings }) => bindings.flatMap(({ name, connector }) => (name === binding && connector !== undefined ? [connector] : [])));
    const own = found.filter(({ tenants }) => tenants.includes(tenantId));
    if (own.length > 1) throw failure('connector.unknown', { message: `more than one Solution gives the binding ${binding} a connector`, fix: 'give each binding a name of its own' });
    if (found.length > 0 && own.length === 0) throw failure('connector.unknown', { message: `the connector of the binding ${binding} does not serve this tenant` });
    return own[0];
  }

  /** `open`: to one reader, by a ticket; `check`: only whether it is still as it was described. Throws `connector.*`, `reference.changed`. */
  ask(does: 'open' | 'check', tenantId: string, connector: Connector, external: ExternalLocation): Promise<ExternalOpened> {
    return this.parts.channels.request('realm.{realm}.{tenant}.connector', { realm: connector.realm, tenant: tenantId }, { tenant_id: tenantId, does, connector, external }, { timeoutMs: OPEN_MS });
  }

  /** What the steps that work on an outside system ask: `connector.settings`, how a binding is reached. Credentials are not among it. */
  get tools(): Readonly<Record<string, Tool>> {
    return {
      'connector.settings': ({ caller }, asked) => {
        const parsed = settingsRequest.safeParse(asked);
        if (!parsed.success) throw failure('request.invalid', { message: 'name a binding', field: '/request/binding' });
        const connector = this.find(caller.tenant_id, parsed.data.binding);
        if (connector === undefined) throw failure('connector.unknown', { message: `no Solution gives the binding ${parsed.data.binding} a connector` });
        return Promise.resolve({ connector } as unknown as Json);
      },
    };
  }
}
