import { z } from 'zod';
import { agentEntry, capabilityNotice, domainEntry, failure, solutionEntry, type CapabilityNotice } from '@symphainy/contracts';
import { put, type Entry } from '../bundle/catalogue.js';
import { changeRule, recordedChange, type ChangeRule } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';
import { compareVersions } from './version-rules.js';

type RegistryKind = 'agent' | 'domain' | 'solution';

/** A version that is lower than the one that stands, or the same with other content, is not taken: see the task, which says so. */
const isLater = (standing: { readonly version: string } | undefined, version: string): boolean => standing === undefined || compareVersions(standing.version, version) < 0;

function registry<K extends RegistryKind, S extends z.ZodObject>(kind: K, schema: S, what: string) {
  const rule = changeRule<z.infer<S> | null>({
    name: kind,
    value: schema.nullable() as never,
    apply: (catalogue, key, value) => {
      if (value === null) return catalogue.get(kind, key) === undefined ? undefined : { kind, key, value: undefined };
      const entry = value as unknown as Entry<K>;
      return isLater(catalogue.get(kind, key), entry.version) ? put(kind, entry) : undefined;
    },
  });
  const register = governedTask({
    intent: `governance.register_${kind}`,
    description: `Registers ${what}, or a later version of one.`,
    input: schema,
    consults: true,
    changes: async (payload, context, registries) => {
      requirePlatform(context.tenant_id);
      const { name, version } = payload as unknown as { name: string; version: string };
      const [standing] = await registries.entries<{ version: string }>(`${kind}s`, name);
      if (!isLater(standing, version)) throw failure('registration.conflict', { message: `${name} stands in version ${standing?.version}`, field: '/version', fix: 'raise the version' });
      return [recordedChange(rule, name, payload)];
    },
  });
  const remove = governedTask({
    intent: `governance.remove_${kind}`,
    description: `Takes ${what} out of the registry.`,
    input: z.object({ name: z.string().max(80) }),
    removes: ({ name }) => ({ list: `${kind}s`, key: name, field: '/name' }),
    changes: (payload, context) => {
      requirePlatform(context.tenant_id);
      return [recordedChange(rule, payload.name, null)];
    },
  });
  return { rule: rule as ChangeRule, capabilities: [register, remove] };
}

const noticeRule = changeRule<CapabilityNotice | null>({
  name: 'notice',
  value: capabilityNotice.nullable(),
  apply: (catalogue, key, value) => {
    if (value !== null) return put('notice', value);
    return catalogue.get('notice', key) === undefined ? undefined : { kind: 'notice', key, value: undefined };
  },
});

const deprecate = governedTask({
  intent: 'governance.deprecate_capability',
  description: 'Says that a capability should no longer be used; from `retires_at` on its intents are refused.',
  input: capabilityNotice.omit({ deprecated_at: true }).strict(),
  consults: true,
  changes: async (payload, context, registries) => {
    requirePlatform(context.tenant_id);
    await requireCapability(registries.entries, payload.capability, '/capability');
    if (payload.replacement !== undefined) await requireCapability(registries.entries, payload.replacement, '/replacement');
    return [recordedChange(noticeRule, payload.capability, { ...payload, deprecated_at: context.created_at })];
  },
});

const reinstate = governedTask({
  intent: 'governance.reinstate_capability',
  description: 'Takes back that a capability is deprecated or retired.',
  input: z.object({ capability: capabilityNotice.shape.capability }),
  removes: ({ capability }) => ({ list: 'notices', key: capability, field: '/capability' }),
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    return [recordedChange(noticeRule, payload.capability, null)];
  },
});

async function requireCapability(entries: (list: string, name: string) => Promise<readonly unknown[]>, name: string, field: string): Promise<void> {
  if ((await entries('capabilities', name)).length === 0) throw failure('governance.invalid', { message: `no capability is named ${name}`, field });
}

const agents = registry('agent', agentEntry, 'an agent of a realm');
const domains = registry('domain', domainEntry, 'a domain and the realms that serve it');
const solutions = registry('solution', solutionEntry, 'a Solution: its context, its intents, the realms it composes and its bindings');

export const registryCapabilities = [...agents.capabilities, ...domains.capabilities, ...solutions.capabilities, deprecate, reinstate];
export const registryRules: readonly ChangeRule[] = [agents.rule, domains.rule, solutions.rule, noticeRule as ChangeRule];
