import { failure, type Caller, type Intent, type RegisteredCapability } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { dataRulesOf, evaluatePolicy, type CompiledBundle, type DataRules } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { ArtifactFinder } from './acceptance.ports.js';
import { capabilityBar } from './capability-bars.js';
import { grantActionOf, heldGrants } from './held-grants.js';
import type { WalReader } from './log.ports.js';
import { submissionFault } from './named-submissions.js';
import { namedTargets } from './named-targets.js';
import type { NamedReference, NamedThings, PayloadContracts } from './payload-contracts.js';
import { purposeOf } from './purpose.js';
import { denial } from './refusal-errors.js';

export interface JudgeParts {
  readonly contracts: PayloadContracts;
  readonly artifacts: ArtifactFinder;
  readonly reader: WalReader;
  readonly personal: PersonalData;
  /** Where this runtime is, as boundaries name it. */
  readonly region?: string | undefined;
}

/** An intent as it is put to a bundle. */
export interface Judged {
  readonly caller: Caller;
  readonly intent: Intent;
  readonly sessionUser: string;
  /** A check of the subject's own, after its payload's. */
  readonly guard?: ((bundle: CompiledBundle) => Promise<PlatformError | undefined>) | undefined;
}

/** The decision, and what it read besides caller and intent: what was read is absent where there was nothing to read. */
export type Decided = Omit<RecordOf<'policy_evaluated'>, 'type' | 'at' | 'actor'>;
export type Permitted = { readonly capability: RegisteredCapability; readonly decided: Decided };
export type Refused = { readonly error: PlatformError; readonly decided?: Decided };
export type Judgement = Permitted | Refused;

/** What was found before policy was asked. */
interface Examined {
  readonly capability: RegisteredCapability;
  readonly named: NamedThings;
}

/** What a bundle says of an intent: of its capability, its payload, the references that it names, and then of policy. Writes nothing. */
export class Judge {
  constructor(private readonly parts: JudgeParts) {}

  async judge(judged: Judged, bundle: CompiledBundle): Promise<Judgement> {
    const examined = await this.examine(judged, bundle);
    if ('error' in examined) return examined;
    const { caller, intent, sessionUser } = judged;
    const { capability, named } = examined;
    const { references } = named;
    const rules = dataRulesOf(bundle.bundle, intent.tenant_id);
    const classified = references.length === 0 ? [] : await this.classify(intent, references, rules);
    if ('error' in classified) return classified;
    const about = await namedTargets(this.parts.reader, caller, named);
    if ('error' in about) return about;
    const declared = intent.payload['classification'];
    const classifications = typeof declared === 'string' ? [...classified, declared] : classified;
    const { region } = this.parts;
    const purpose = purposeOf(intent);
    const boundary = rules.seenFrom({ realm: capability.realm, purpose, region });
    const data = { classifications, references: references.map((r) => r.reference), ...(region === undefined ? {} : { region }) };
    const targets = { ...(about.own === undefined ? {} : { own_targets: about.own }), ...(about.perhapsOwn === true ? { second_person: false as const } : {}) };
    const leave = grantActionOf(capability);
    if (leave === 'erase') await this.parts.personal.prepared(intent.tenant_id);
    const held = heldGrants(bundle, caller, leave, leave === 'erase' ? this.parts.personal.subjectsOf(intent.tenant_id, capability.input_contract, intent.payload) : about.targets, intent.created_at);
    const decision = evaluatePolicy(bundle, { caller, capability, action: 'submit', data, purpose, session_user_id: sessionUser, ...targets, granted: held !== undefined });
    const decided = {
      decision,
      ...(classifications.length + references.length === 0 && boundary === undefined ? {} : { data: boundary === undefined ? data : { ...data, boundary: { masked: [...boundary.masked], withheld: [...boundary.withheld], ...(boundary.fields === undefined ? {} : { fields: [...boundary.fields] }) } } }),
      ...(sessionUser === caller.user_id ? {} : { session_user_id: sessionUser }),
      ...targets,
      ...held,
    };
    return decision.decision === 'permit' ? { capability, decided } : { error: denial(decision), decided };
  }

  private async examine({ intent, guard }: Judged, bundle: CompiledBundle): Promise<Examined | { error: PlatformError }> {
    const capability = bundle.capability(intent.intent_type);
    if (capability === undefined) return { error: failure('intent.unknown', { message: `no capability serves ${intent.intent_type}`, field: '/intent_type' }) };
    const barred = capabilityBar(bundle, intent, capability);
    if (barred !== undefined) return { error: barred };
    const checked = this.parts.contracts.checkInput(capability, intent.payload, intent.created_at);
    if ('error' in checked) return checked;
    const refused = submissionFault(bundle, this.parts.contracts, intent, checked.submissions) ?? (await guard?.(bundle));
    return refused === undefined ? { capability, named: checked } : { error: refused };
  }

  /** The classifications of the data that the payload names; a name that resolves to nothing is an error that says where it stands. */
  private async classify(intent: Intent, references: readonly NamedReference[], rules: DataRules): Promise<string[] | { error: PlatformError }> {
    const found = await Promise.all(references.map(({ reference }) => this.parts.artifacts.find(intent.tenant_id, reference)));
    const missing = found.indexOf(undefined);
    if (missing >= 0) return { error: failure('intent.reference_unknown', { field: references[missing]!.field, details: { reference: references[missing]!.reference } }) };
    return [...new Set(found.flatMap((f) => (f === undefined ? [] : (rules.classOf(f.artifact.artifact_id, f.artifact.classification) ?? []))))];
  }
}
