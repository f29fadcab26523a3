/** Finding in Curator's registries: capabilities, agents, domains and Solutions of the bundle in force, with how those who serve them are now. */
import { z } from 'zod';
import { determinism } from './capability.schema.js';
import { capabilityNotice } from './registry.schema.js';
import { sha256Digest } from './words.js';

export const registryKind = z.enum(['capability', 'agent', 'domain', 'solution']);
export type RegistryKind = z.infer<typeof registryKind>;

/** Of the realms behind an entry, the worst: `well`, an instance is there and well; `unwell`, all that are there are not; `away`, none is there; `unknown`, Smart City does not say. Asked for each time, kept nowhere. */
export const registryHealth = z.enum(['well', 'unwell', 'away', 'unknown']);
export type RegistryHealth = z.infer<typeof registryHealth>;

/** All that is named must fit. */
export const registryQuery = z.object({
  /** Words, each of which must be in the name, the description, the owner or a realm. */
  text: z.string().max(200).optional(),
  kind: registryKind.optional(),
  /** In the owner's name, wherever. */
  owner: z.string().max(200).optional(),
  determinism: determinism.optional(),
  health: registryHealth.optional(),
  /** Whether there is a notice on it: deprecated, retired or not. */
  deprecated: z.enum(['true', 'false']).optional(),
});
export type RegistryQuery = z.infer<typeof registryQuery>;

export const registryFound = z.object({
  kind: registryKind,
  name: z.string(),
  version: z.string(),
  description: z.string(),
  owner: z.string().optional(),
  /** Who serves it. */
  realms: z.array(z.string()),
  /** Of capabilities and agents. */
  determinism: determinism.optional(),
  health: registryHealth,
  notice: capabilityNotice.optional(),
});
export type RegistryFound = z.infer<typeof registryFound>;

export const registryPage = z.object({ bundle: z.object({ version: z.number().int(), hash: sha256Digest }), entries: z.array(registryFound), total: z.number().int(), next_cursor: z.string().optional() });
export type RegistryPage = z.infer<typeof registryPage>;
