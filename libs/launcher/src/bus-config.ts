import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secrets } from './secrets.js';

/** A realm that runs beside the platform's own, with the permissions any realm has. */
export interface ExtraRealm {
  /** Its service and bus user, e.g. `realm-bench`. */
  readonly name: string;
  readonly realm: string;
  /** Its compiled `main.js`. */
  readonly program: string;
  /** Processes of it, which share its name on the bus: `realm-bench`, `realm-bench-2`, … 0: none, only its user. Default 1. */
  readonly replicas?: number;
}

const SERVICES = ['experience-gateway', 'runtime', 'smart-city', 'realm-content', 'realm-insights', 'realm-journey', 'realm-solution'] as const;

const variable = (service: string): string => service.toUpperCase().replaceAll('-', '_');

/** The NATS configuration of a local stack: the generated permissions of every service, with this stack's passwords. */
export async function localBusConfig(root: string, secrets: Secrets, extra: readonly ExtraRealm[]): Promise<string> {
  const permissions = await readFile(join(root, 'deploy', 'nats', 'permissions.conf'), 'utf8');
  const users = [...SERVICES, ...extra.map((e) => e.name)].map((name) => `    { user: "${name}", password: "${secrets.passwords[name]!}", permissions: $${variable(name)} }`);
  return `max_payload: 1MB\nauthorization {\n${[withInboxes(permissions, extra), ...extra.map((e) => permissionsLikeContent(permissions, e))].join('\n')}\n  users = [\n${users.join('\n')}\n  ]\n}\n`;
}

/** Whoever may answer realms may answer these too. */
const withInboxes = (permissions: string, extra: readonly ExtraRealm[]): string =>
  permissions.replace(/(publish = \{[^}]*?)( *)"_INBOX_realm-content\.>"/g, (_, before: string, indent: string) => `${before}${['realm-content', ...extra.map((e) => e.name)].map((name) => `${indent}"_INBOX_${name}.>"`).join('\n')}`);

/** Every realm has the same permissions but for its own name. */
function permissionsLikeContent(permissions: string, extra: ExtraRealm): string {
  const block = /^REALM_CONTENT = \{\n[\s\S]*?^\}/m.exec(permissions)?.[0] ?? '';
  return block.replace('REALM_CONTENT', variable(extra.name)).replaceAll('realm.content.', `realm.${extra.realm}.`).replaceAll('realm-content.content', `${extra.name}.${extra.realm}`).replaceAll('realm-content', extra.name);
}
