/** What Data Steward governs, as it stands in the bundle: classes of data, who may see them, what is held, what was declassified, and contracts between producers and consumers. */
import { z } from 'zod';
import { artifactId } from './artifact.schema.js';
import { jsonObject, realmName, tenantId, uuid } from './words.js';

export const dataClassName = z.string().max(60).regex(/^[a-z][a-z0-9_-]*$/, 'must be a lower-case name');

/** A class of data. What is derived from data carries the highest class of what it was derived from. */
export const dataClass = z.object({
  /** Absent: every tenant's. */
  tenant_id: tenantId.optional(),
  name: dataClassName,
  /** The order of classes: higher is more to be protected. */
  rank: z.number().int().min(0).max(1000),
  description: z.string().max(500).default(''),
  /** How long executions that handled data of this class stay in the log after their end, where retention is on; of several classes the highest that says so counts. Unset: as their tenant says. */
  retention_days: z.number().int().min(1).max(36_500).optional(),
});
export type DataClass = z.infer<typeof dataClass>;

/**
 * Who may see classes of data. A class that a boundary of the tenant names is seen where one of them says so, and nowhere else; the widest of those that match counts. A class that
 * none names has no boundary.
 */
export const dataBoundary = z.object({
  tenant_id: tenantId,
  boundary_id: z.string().min(1).max(120).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be a lower-case id'),
  classes: z.array(dataClassName).min(1).max(50),
  /** Realms whose steps may see it; unset: any. */
  realms: z.array(realmName).min(1).max(50).optional(),
  /** Purposes that an intent may declare (`metadata.purpose`); unset: any, or none. */
  purposes: z.array(z.string().min(1).max(120)).min(1).max(50).optional(),
  /** Regions of the runtime that accepts the intent; unset: any. */
  regions: z.array(z.string().min(1).max(60)).min(1).max(50).optional(),
  /** `masked`: its structure without its values, or, where the data contract of its type says which fields are of the class, without the values of those; files not at all. */
  access: z.enum(['plain', 'masked']).default('plain'),
});
export type DataBoundary = z.infer<typeof dataBoundary>;

/** A legal hold: what it names is neither erased nor archived until it is lifted. */
export const dataHold = z.object({
  tenant_id: tenantId,
  hold_id: z.string().min(1).max(120).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be a lower-case id'),
  /** Exactly one of them: an execution, an artifact, or a data subject's pseudonym. */
  execution_id: uuid.optional(),
  reference: artifactId.optional(),
  subject: z.string().max(300).optional(),
  reason: z.string().min(1).max(500),
});
export type DataHold = z.infer<typeof dataHold>;

/** An artifact's class as a recorded intent has set it, whatever was declared or derived. */
export const reclassification = z.object({ tenant_id: tenantId, reference: artifactId, classification: dataClassName, reason: z.string().min(1).max(500) });
export type Reclassification = z.infer<typeof reclassification>;

/** What a producer of artifacts promises their consumers. The newest version of an artifact type counts. */
export const dataContract = z.object({
  tenant_id: tenantId,
  artifact_type: z.string().min(1).max(120),
  version: z.string().max(40).regex(/^\d+\.\d+\.\d+$/, 'must be a semantic version'),
  owner: z.string().min(1).max(200),
  /** What it means, in words. */
  semantics: z.string().max(2000).default(''),
  /** JSON Schema (2020-12) of inline content; of content in an object it says nothing. A field’s `"x-class"` gives it a class of its own: a boundary masks that field alone. */
  schema: jsonObject,
  /** The least class that its artifacts carry. */
  classification: dataClassName.optional(),
  /** `observe` records violations; `enforce` fails the step as well. */
  mode: z.enum(['off', 'observe', 'enforce']).default('observe'),
});
export type DataContract = z.infer<typeof dataContract>;

/** Lists of the bundle that stand there once there are entries of them. */
export const dataGovernanceLists = {
  data_classes: z.array(dataClass).optional(),
  data_boundaries: z.array(dataBoundary).optional(),
  data_holds: z.array(dataHold).optional(),
  reclassifications: z.array(reclassification).optional(),
  data_contracts: z.array(dataContract).optional(),
};
