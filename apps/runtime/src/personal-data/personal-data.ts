/**
 * personal-data: keeps what a contract calls personal out of everything that is stored. Values are sealed before they are hashed or appended, and opened in memory where a realm
 * or a reader may see them; erasing a subject destroys its key.
 *
 * Rooms: `subject-keys` holds the keys, `personal-plan` reads contracts, `sealed-values` is the form of a sealed value, `sealed-objects` that of a file; this file puts them together.
 * What it stores: subject keys, wrapped under their tenant's key. Nothing here appends.
 *
 * 1. Plain values of personal fields are in no frame, projection, hot state, message of the bus' event subjects or object: what is appended is ciphertext.
 * 2. What an execution was given, read or made of a subject seals all that it makes from there on, unless its output contract says which fields are personal.
 * 3. An execution that nothing personal came into costs one look-up at acceptance, and one comparison a step.
 * 4. A key is used for at most `KEY_FRESH_MS` after it was last seen living; a destroyed one never again.
 */
import { failure } from '@symphainy/contracts';
import { canonicalJson, type Json, type WireError } from '@symphainy/kernel';
import { changedAt, personalPlanOf, subjectAt, type FieldPath, type PersonalPlan } from './personal-plan.js';
import { SealedObjects } from './sealed-objects.js';
import { isSealed, joint, keysIn, openValue, sealValue, sealWhole, type Place } from './sealed-values.js';
import type { SubjectKeys } from './subject-keys.js';

type Document = { [key: string]: Json };

/** A document as it is recorded. `keys`: of all subjects whose values it holds. */
export interface Sealed<T> {
  readonly value: T;
  readonly keys: readonly string[];
}

/** Seals the values of one step's result; keys are at hand. */
export interface ResultSealer {
  readonly keys: readonly string[];
  /** The output by its contract, where that says what is personal, else whole. */
  output(value: Json): Json;
  whole(value: Json): Json;
  one(value: Json): Json;
}

export class PersonalData {
  readonly objects: SealedObjects;

  constructor(readonly keys: SubjectKeys) {
    this.objects = new SealedObjects(keys);
  }

  /** Has at hand what names of a tenant's subjects need. */
  prepared(tenantId: string): Promise<void> {
    return this.keys.prepare(tenantId);
  }

  /** Whether a document of this contract, coming from data sealed under `inherited`, holds anything to seal. */
  concerns(schema: Document, inherited: readonly string[] | undefined): boolean {
    return inherited !== undefined || personalPlanOf(schema) !== undefined;
  }

  /** A payload as it is recorded. Throws `data.subject_missing`. */
  async payload(place: Place, schema: Document, payload: Document, inherited: readonly string[] | undefined): Promise<Sealed<Document>> {
    const plan = personalPlanOf(schema);
    const sealer = await this.sealerOf(place, plan, payload, inherited ?? [], '/payload');
    return { value: sealer.output(payload) as Document, keys: sealer.keys };
  }

  /** What is recorded of a payload that does not fit a contract with personal fields: nobody knows where in it they stand. Its tenant is `prepared`. */
  withheld({ tenantId }: Place, payload: Document): Document {
    return { withheld: Buffer.from(this.keys.fingerprint(tenantId, canonicalJson(payload))).toString('base64url') };
  }

  /** Whom a document names in the fields that name data subjects, by their pseudonyms. */
  subjectsOf(tenantId: string, schema: Document, document: Json): { readonly subject: string }[] {
    const found: { readonly subject: string }[] = [];
    for (const path of personalPlanOf(schema)?.subjects ?? []) changedAt(document, path, (value) => (typeof value === 'string' ? (found.push({ subject: this.keys.pseudonym(tenantId, value) }), value) : value));
    return found;
  }

  /** The keys of whom a document names by its contract. */
  async keysNamed({ tenantId }: Place, schema: Document, document: Json): Promise<string[]> {
    const plan = personalPlanOf(schema);
    return plan === undefined ? [] : Promise.all([...subjectsOf(plan, document, true, '')].map((subject) => this.keys.claim(tenantId, subject)));
  }

  /** For a result of an execution that is sealed under `inherited`. Throws `data.subject_missing`, `data.erased`. */
  result(place: Place, schema: Document, output: Json | undefined, inherited: readonly string[] | undefined): Promise<ResultSealer> {
    return this.sealerOf(place, personalPlanOf(schema), output ?? null, inherited ?? [], '/output');
  }

  /** Loads the keys that a value needs, and opens it. `onErased` is told of values whose key is gone; without it they throw `data.erased`. */
  async open<T>(place: Place, value: T, onErased: (keyIds: readonly string[]) => void = refuse): Promise<T> {
    const needed = keysIn(value);
    if (needed.size === 0) return value;
    await this.keys.load(place.tenantId, needed);
    return openValue(place, (ids) => this.keys.key(place.tenantId, ids), value, onErased);
  }

  /** The same without a turn of the loop, for what is `ready`. */
  openNow<T>(place: Place, value: T): T {
    return openValue(place, (ids) => this.keys.key(place.tenantId, ids), value, refuse);
  }

  load({ tenantId }: Place, value: unknown): Promise<void> {
    return this.keys.load(tenantId, keysIn(value));
  }

  ready({ tenantId }: Place, value: unknown): boolean {
    return this.keys.ready(tenantId, keysIn(value));
  }

  private async sealerOf(place: Place, plan: PersonalPlan | undefined, document: Json, inherited: readonly string[], root: string): Promise<ResultSealer> {
    const { tenantId } = place;
    await this.keys.prepare(tenantId);
    const owners = new Map<string, string>();
    const about = joint(inherited);
    if (plan !== undefined) for (const subject of subjectsOf(plan, document, about.length > 0, root)) owners.set(subject, await this.keys.claim(tenantId, subject));
    const keys = joint([...inherited, ...owners.values()]);
    await this.keys.load(tenantId, keys);
    if (keys.length > 0 && this.keys.key(tenantId, keys) === undefined) throw failure('data.erased');
    const seal = (keyIds: readonly string[], value: Json): Json => sealValue(place, keyIds, (ids) => this.keys.key(tenantId, ids), value);
    const one = (value: Json): Json => seal(keys, value);
    const whole = (value: Json): Json => sealWhole(value, one);
    const byField = (declared: PersonalPlan) => (value: Json): Json => this.byField(tenantId, declared, { value, isAbout: about.length > 0 }, (field, subject) => {
      const owner = subject === undefined ? undefined : owners.get(subject);
      return seal(owner === undefined ? keys : [owner], field);
    });
    const output = plan !== undefined && (plan.sealed.length > 0 || keys.length === 0) ? byField(plan) : keys.length === 0 ? (value: Json): Json => value : whole;
    return { keys, one, whole, output };
  }

  private byField(tenantId: string, plan: PersonalPlan, { value: document, isAbout }: { readonly value: Json; readonly isAbout: boolean }, seal: (value: Json, subject: string | undefined) => Json): Json {
    let sealed = document;
    for (const { path, subject } of plan.sealed) {
      sealed = changedAt(sealed, path, (value, field) => (value === null || isSealed(value) || isNobodys(subject, document, field, isAbout) ? value : seal(value, nameOf(subject, document, field))));
    }
    for (const path of plan.subjects) sealed = changedAt(sealed, path, (value) => (typeof value === 'string' ? this.keys.pseudonym(tenantId, value) : value));
    return sealed;
  }
}

/** An error as it is recorded: its words may tell of the data that caused it. */
export const sealedError = (sealer: ResultSealer, error: WireError): WireError => ({
  ...error, message: sealer.one(error.message) as string, ...(error.details === undefined ? {} : { details: sealer.whole(error.details) as Document }),
});

function refuse(): never {
  throw failure('data.erased');
}

/** `?` before a pointer: where it names nobody, the field is not personal. `?` alone: where the execution is about nobody. */
const isNobodys = (pointer: string | undefined, document: Json, field: FieldPath, isAbout: boolean): boolean => pointer?.startsWith('?') === true && (pointer === '?' ? !isAbout : nameOf(pointer, document, field) === undefined);

const nameOf = (pointer: string | undefined, document: Json, field: FieldPath): string | undefined => (pointer === undefined ? undefined : subjectAt(document, field, pointer.replace(/^\?/, '')));

/** Whose the document's personal fields are. Throws where a field says neither, and the execution is about nobody yet. */
function subjectsOf(plan: PersonalPlan, document: Json, isAbout: boolean, root: string): Set<string> {
  const found = new Set<string>();
  for (const { path, subject } of plan.sealed) {
    changedAt(document, path, (value, field) => {
      if (value === null || isNobodys(subject, document, field, isAbout)) return value;
      const named = nameOf(subject, document, field);
      if (named !== undefined) found.add(named);
      else if (!isAbout) throw failure('data.subject_missing', { field: `${root}${field.map((token) => `/${token}`).join('')}` });
      return value;
    });
  }
  return found;
}
