import { bundleChange, changeableLists, failure, governanceList, keyInList, words, type BundleChange, type BundleList, type Json } from '@symphainy/contracts';
import { changesBack, entriesOf, tryChanges, type CompiledBundle } from '@symphainy/governance';
import { z } from 'zod';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { BundleArchive } from '../acceptance/log.ports.js';
import type { Tool, ToolContext } from './tools.js';

/** Lists that a tenant's administrators change for themselves; their keys begin with the tenant. */
const TENANTS_OWN: ReadonlySet<string> = new Set(['data_boundaries', 'data_holds', 'data_contracts', 'saga_rules', 'objectives', 'escalation_rules'] satisfies BundleList[]);

/** The tenant that governance itself runs in. */
const PLATFORM_TENANT = 'platform';

const list = z.enum(changeableLists);
const request = z.union([
  z.strictObject({ changes: z.array(bundleChange).min(1).max(2000) }),
  z.strictObject({ candidate_id: z.string() }),
  z.strictObject({ back_to: z.strictObject({ hash: words.sha256Digest.optional(), version: z.number().int().min(1).optional() }), lists: z.array(list).default([...changeableLists]) }),
]);
type Request = z.infer<typeof request>;
const entryRequest = z.strictObject({ list: governanceList, key: z.string() });

/**
 * What the platform's governance steps ask of the bundle in force; nothing changes by it.
 * `governance.candidate`: what changes come to: the changes, what they differ in, how the policy tests come out. It is asked for given changes, for a
 * staged candidate, or for the way back to a bundle that was in force before.
 * `governance.entry`: an entry of a list by its key, or null. A tenant’s own steps may ask for what its administrators may change.
 */
export function governanceTools({ bundles, archive }: { readonly bundles: BundleHolder; readonly archive: BundleArchive }): Readonly<Record<string, Tool>> {
  return {
    'governance.candidate': async (context, asked) => {
      const wanted = read(request, context, asked);
      const current = bundles.require();
      const { changes, diff, tests } = tryChanges(current.bundle, await changesOf(wanted, current));
      return { base: { version: current.version, hash: current.hash }, changes, diff, tests } as unknown as Json;
    },
    'governance.entry': (context, asked) => {
      const { list, key } = readEntry(context, asked);
      const found = entriesOf(bundles.require().bundle, list)?.find((entry) => keyInList(list, entry) === key);
      return Promise.resolve((found ?? null) as Json);
    },
  };

  async function changesOf(asked: Request, current: CompiledBundle): Promise<readonly BundleChange[]> {
    if ('changes' in asked) return asked.changes;
    if ('candidate_id' in asked) return stagedChanges(asked.candidate_id, current);
    const target = await bundles.underHash(asked.back_to.hash ?? (await hashOfVersion(asked.back_to.version)));
    return changesBack(current.bundle, target.bundle, asked.lists);
  }

  async function hashOfVersion(version = 0): Promise<string> {
    const [kept] = await archive.list(version + 1, 1);
    if (kept?.version !== version) throw failure('governance.invalid', { message: `no bundle of version ${version} is kept`, field: '/version', fix: 'choose one that GET /v1/governance/bundles lists' });
    return kept.hash;
  }
}

function readEntry({ caller: { tenant_id } }: ToolContext, asked: unknown): z.infer<typeof entryRequest> {
  const entry = fitting(entryRequest, asked);
  if (tenant_id !== PLATFORM_TENANT && (!TENANTS_OWN.has(entry.list) || !entry.key.startsWith(`${tenant_id}/`))) throw notAllowed();
  return entry;
}

function read<S extends z.ZodType>(schema: S, { caller }: ToolContext, asked: unknown): z.infer<S> {
  if (caller.tenant_id !== PLATFORM_TENANT) throw notAllowed();
  return fitting(schema, asked);
}

const notAllowed = (): Error => failure('tool.not_allowed', { message: 'governance is changed in the platform’s own tenant' });

function fitting<S extends z.ZodType>(schema: S, asked: unknown): z.infer<S> {
  const parsed = schema.safeParse(asked);
  if (!parsed.success) throw failure('request.invalid', { message: parsed.error.issues[0]?.message ?? 'the tool’s request does not fit', field: '/request' });
  return parsed.data;
}

function stagedChanges(id: string, current: CompiledBundle): readonly BundleChange[] {
  const staged = current.bundle.candidates?.find((candidate) => candidate.candidate_id === id);
  if (staged === undefined) throw failure('governance.invalid', { message: `no candidate ${id} is staged`, field: '/candidate_id', fix: 'stage it, or choose one that GET /v1/governance/candidates lists' });
  return staged.changes;
}
