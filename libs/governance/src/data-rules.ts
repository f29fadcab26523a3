import type { DataBoundary, DataContract, GovernanceBundle } from '@symphainy/contracts';
import { classedFields, type ClassedField } from './classed-fields.js';

/** Where data is to be seen. */
export interface Viewpoint {
  readonly realm: string;
  /** As the intent declares it. */
  readonly purpose?: string | undefined;
  /** Of the runtime that accepts it. */
  readonly region?: string | undefined;
}

/** What of the tenant's classes may be seen from a viewpoint; classes without a boundary are in neither list. Frozen with the decision. */
export interface FrozenBoundary {
  readonly masked: readonly string[];
  readonly withheld: readonly string[];
  /** Fields of these classes, of artifacts whose type has a data contract that says where they stand. */
  readonly fields?: readonly (ClassedField & { readonly artifact_type: string })[] | undefined;
}

/** Classes that exist without anybody's doing, and their order. */
export const standingRanks: Readonly<Record<string, number>> = { public: 0, internal: 100, unclassified: 100, confidential: 300, personal: 400, restricted: 500, special: 600 };

/** What one tenant's data is governed by, in one bundle. */
export class DataRules {
  private readonly ranks: ReadonlyMap<string, number>;
  private readonly retention: ReadonlyMap<string, number>;
  private readonly boundaries: readonly DataBoundary[];
  private readonly reclassified: ReadonlyMap<string, string>;
  private readonly contracts: ReadonlyMap<string, DataContract>;
  private readonly bounded: readonly string[];
  private readonly fields: NonNullable<FrozenBoundary['fields']>;

  constructor(private readonly bundle: GovernanceBundle, private readonly tenantId: string) {
    const mine = <T extends { readonly tenant_id?: string | undefined }>(list: readonly T[] = []): T[] => list.filter((entry) => (entry.tenant_id ?? tenantId) === tenantId);
    this.ranks = new Map([...Object.entries(standingRanks), ...mine(bundle.data_classes).map(({ name, rank }) => [name, rank] as const)]);
    this.retention = new Map(mine(bundle.data_classes).flatMap(({ name, retention_days }) => (retention_days === undefined ? [] : [[name, retention_days] as const])));
    this.boundaries = mine(bundle.data_boundaries);
    this.bounded = [...new Set(this.boundaries.flatMap((boundary) => boundary.classes))];
    this.reclassified = new Map(mine(bundle.reclassifications).map(({ reference, classification }) => [reference, classification]));
    this.contracts = new Map(mine(bundle.data_contracts).map((contract) => [contract.artifact_type, contract]));
    this.fields = this.bounded.length === 0 ? [] : [...this.contracts.values()].flatMap(({ artifact_type, schema }) => classedFields(schema).map((field) => ({ artifact_type, ...field })));
  }

  /** Whether there is such a class. */
  knows(name: string): boolean {
    return this.ranks.has(name);
  }

  /** The highest of these classes; an unknown one is higher than all. Undefined for none. */
  highest(names: Iterable<string>): string | undefined {
    let found: string | undefined;
    for (const name of names) if (found === undefined || this.rankOf(name) > this.rankOf(found)) found = name;
    return found;
  }

  /** The shortest that any class stays in the log, in days; Infinity: no class says. */
  get shortestRetention(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.retention.values());
  }

  /** How many days what handled these classes stays in the log; undefined: none of them says. */
  retentionOf(names: readonly string[]): number | undefined {
    return this.retention.get(this.highest(names.filter((name) => this.retention.has(name))) ?? '');
  }

  /** An artifact's class: as it was set by an intent, else as it was recorded. */
  classOf(reference: string, recorded: string | undefined): string | undefined {
    return this.reclassified.get(reference) ?? recorded;
  }

  contractOf(artifactType: string): DataContract | undefined {
    return this.contracts.get(artifactType);
  }

  /** What may be seen of bounded classes; undefined: the tenant has no boundaries. */
  seenFrom(view: Viewpoint): FrozenBoundary | undefined {
    if (this.bounded.length === 0) return undefined;
    const accessOf = (name: string): 'plain' | 'masked' | 'none' => {
      const matching = this.boundaries.filter((boundary) => boundary.classes.includes(name) && matches(boundary, view));
      return matching.some(({ access }) => access === 'plain') ? 'plain' : matching.length > 0 ? 'masked' : 'none';
    };
    const [masked, withheld] = (['masked', 'none'] as const).map((access) => this.bounded.filter((name) => accessOf(name) === access));
    const fields = this.fields.filter(({ classification }) => masked!.includes(classification) || withheld!.includes(classification));
    return { masked: masked!, withheld: withheld!, ...(fields.length === 0 ? {} : { fields }) };
  }

  /** Boundaries that speak of these classes. */
  boundariesOf(names: readonly string[]): string[] {
    return this.boundaries.filter(({ classes }) => classes.some((name) => names.includes(name))).map(({ boundary_id }) => boundary_id).sort();
  }

  /** Why what is named so may not be destroyed or moved; undefined: nothing holds it. */
  heldBecause(named: { readonly executionId?: string; readonly subject?: string }): string | undefined {
    const hold = this.bundle.data_holds?.find((entry) => entry.tenant_id === this.tenantId && holds(entry, named));
    return hold === undefined ? undefined : `${hold.hold_id}: ${hold.reason}`;
  }

  private rankOf(name: string): number {
    return this.ranks.get(name) ?? Number.POSITIVE_INFINITY;
  }
}

const matches = ({ realms, purposes, regions }: DataBoundary, { realm, purpose = '', region = '' }: Viewpoint): boolean =>
  (realms?.includes(realm) ?? true) && (purposes?.includes(purpose) ?? true) && (regions?.includes(region) ?? true);

function holds(entry: NonNullable<GovernanceBundle['data_holds']>[number], { executionId, subject }: { readonly executionId?: string; readonly subject?: string }): boolean {
  if (subject !== undefined) return entry.subject === subject;
  return executionId !== undefined && (entry.execution_id === executionId || entry.reference?.startsWith(`${executionId}/`) === true);
}

const rules = new WeakMap<GovernanceBundle, Map<string, DataRules>>();

/** Undefined: the bundle says nothing of data beyond the standing classes. */
export function dataRulesOf(bundle: GovernanceBundle, tenantId: string): DataRules {
  const known = rules.get(bundle) ?? new Map<string, DataRules>();
  rules.set(bundle, known);
  const made = known.get(tenantId) ?? new DataRules(bundle, tenantId);
  known.set(tenantId, made);
  return made;
}
