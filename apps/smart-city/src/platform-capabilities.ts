import { z } from 'zod';
import type { RegisteredCapability } from '@symphainy/contracts';
import { defineCapability, defineRealm, signal, type RealmDefinition } from '@symphainy/realm-sdk';
import { candidateCapabilities, candidateRules } from './bundle/candidate.capabilities.js';
import type { ChangeRule } from './bundle/governed-change.js';
import { operationCapabilities } from './city-manager/operation.capabilities.js';
import { tenantCapabilities, tenantRules } from './city-manager/tenant.capabilities.js';
import { sagaRuleCapabilities, sagaRuleRules } from './conductor/saga-rule.capabilities.js';
import { registryCapabilities, registryRules } from './curator/registry.capabilities.js';
import { nurseCapabilities, nurseRules } from './nurse/nurse.capabilities.js';
import type { NurseDesk } from './nurse/nurse-desk.js';
import type { PostDesk } from './post-office/post-desk.js';
import { subscriptionCapabilities, subscriptionRules } from './post-office/subscription.capabilities.js';
import { registrationCapabilities, registrationRules } from './curator/registration.capability.js';
import { dataCapabilities, dataRules } from './data-steward/data.capabilities.js';
import { referenceCapabilities } from './data-steward/reference.capabilities.js';
import { erasureCapability, rewrapCapability } from './data-steward/erasure.capability.js';
import { schemaCapabilities, schemaRules } from './librarian/schema.capabilities.js';
import { apiKeyCapabilities, apiKeyRules } from './security-guard/api-key.capabilities.js';
import { grantCapabilities, grantRules } from './security-guard/grant.capabilities.js';
import { identityCapabilities, identityRules } from './security-guard/identity.capabilities.js';
import { issuerCapabilities, issuerRules } from './security-guard/issuer.capabilities.js';
import { trafficCapabilities, trafficChangeRules } from './traffic-cop/traffic.capabilities.js';
import { policyCapabilities, policyRules } from './security-guard/policy.capabilities.js';

/** What intents ask of the live service: the desks of the roles that have something to show. */
export interface Desks {
  readonly post: PostDesk;
  readonly nurse: NurseDesk;
}

/** The intents that Smart City runs as their realm. */
export const governanceRealm = (desks: Desks): RealmDefinition =>
  defineRealm({
    realm: 'governance',
    capabilities: [
      ...tenantCapabilities, ...registrationCapabilities, ...registryCapabilities, ...sagaRuleCapabilities, ...schemaCapabilities, ...trafficCapabilities, ...identityCapabilities, ...apiKeyCapabilities,
      ...grantCapabilities, ...issuerCapabilities, ...policyCapabilities, ...candidateCapabilities, ...dataCapabilities, ...subscriptionCapabilities(desks.post), ...nurseCapabilities(desks.nurse),
    ],
  });

/** Before the service is up there is nobody at the desks: good for describing what there is. */
const closedDesks: Desks = { post: {} as PostDesk, nurse: {} as NurseDesk };

/** How each recorded change alters the catalogue. */
export const governanceRules: readonly ChangeRule[] = [
  ...tenantRules, ...registrationRules, ...registryRules, ...sagaRuleRules, ...schemaRules, ...trafficChangeRules, ...identityRules, ...apiKeyRules, ...grantRules, ...issuerRules, ...policyRules, ...candidateRules, ...dataRules, ...subscriptionRules, ...nurseRules,
] as readonly ChangeRule[];

const UPLOAD_LIMIT_MS = 3_600_000;

/** An upload: accepted first, then it waits for the gateway's word that the bytes are there. No bytes stay of one that was denied. */
const upload = defineCapability({
  intent: 'runtime.upload',
  version: '1.0.0',
  description: 'Takes a file: the gateway streams it into the object store while the execution waits.',
  determinism: 'deterministic',
  input: z.object({
    filename: z.string().min(1).max(500).meta({ 'x-personal': { subject: '?/subject' } }),
    /** Whose file it is: it is stored sealed under that subject's key. */
    subject: z.string().min(1).max(300).meta({ format: 'data-subject' }).optional(),
    /** Of a table with records of several subjects: the column that says whose each is. */
    subject_column: z.string().min(1).max(200).optional(),
    media_type: z.string().max(200),
    declared_size: z.number().int().min(0).optional(),
    classification: z.string().max(60).optional(),
  }),
  output: z.unknown(),
  saga: [signal('receive', 'uploaded', { timeoutMs: UPLOAD_LIMIT_MS, retry: { max_attempts: 1 } })],
});

/** Capabilities that no realm registers. */
export const platformCapabilities = (): RegisteredCapability[] => [...governanceRealm(closedDesks).describe(), erasureCapability.describe('runtime'), rewrapCapability.describe('runtime'), upload.describe('runtime'), ...referenceCapabilities.map((c) => c.describe('runtime')), ...operationCapabilities.map((c) => c.describe('runtime'))];
