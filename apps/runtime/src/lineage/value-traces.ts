import { failure, type Artifact, type SourceRegion, type SubjectRequest, type TracedPlace, type ValueTrace } from '@symphainy/contracts';
import { asPlatformError, canonicalJson, toWireError, type Json } from '@symphainy/kernel';
import type { StateGraph } from '@symphainy/ports';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import type { RecordedAccess } from '../acceptance/recorded-access.js';
import { asAt } from './as-at.js';
import type { ArtifactContents } from './artifact-contents.js';
import type { DatasetPlaces } from './dataset-places.js';
import { artifactNode } from './graph-records.js';
import { partsOf, pointerTo, valueAt } from './json-places.js';
import type { MadeByReader } from './made-by.js';
import { cellsOfRow, derivedWhole, overlaps, toldPlaces, type ToldPlace } from './told-places.js';

type Caller = SubjectRequest<'runtime.lineage.value'>['caller'];

export interface ValueTraceParts {
  readonly artifacts: ArtifactFinder;
  readonly reader: WalReader;
  readonly contents: ArtifactContents;
  readonly datasets: DatasetPlaces;
  readonly made: MadeByReader;
  readonly graph: StateGraph;
  /** Asks policy, as for any reading of content. */
  readonly access: () => Pick<RecordedAccess, 'look'>;
  /** What of the values of an artifact that a realm made may be shown. */
  readonly shows: (tenantId: string, artifact: Artifact, realm: string) => (pointer: string, value: Json) => Json;
  /** Resolves when the graph shows what was committed before. */
  readonly settle: () => Promise<void>;
}

/** A value that is shown beside its place is no larger. */
const SHOWN_BYTES = 8 * 1024;
/** Of one place, in an answer. */
const MOST_NUMBERS = 1_000;
/** What is looked through for a place: artifacts derived from it, however they lie. */
const MOST_DERIVED = 2_000;

/** The way of single values: up to the places in the sources that they came from, down to all that came of a place. Told by the artifacts themselves; policy is asked for each that is read, and boundaries mask what is shown. */
export class ValueTraces {
  constructor(private readonly parts: ValueTraceParts) {}

  /** Throws `artifact.not_found`, `lineage.place_not_found`, and what policy says of the artifact asked for. */
  async up({ caller, reference, pointer, depth, limit }: SubjectRequest<'runtime.lineage.value'>): Promise<ValueTrace> {
    const trace = new Trace(limit);
    const first = await this.place(caller, { reference, pointer });
    if (first.told === undefined && first.ended === undefined) throw failure('artifact.not_found');
    if (first.ended !== undefined) throw first.ended;
    trace.add(undefined, 0, undefined, first.place);
    let open = [{ id: 0, told: first.told! }];
    for (let level = 1; level <= depth && open.length > 0; level++) {
      const next: typeof open = [];
      for (const { id, told } of open) {
        for (const { region, kind } of told) {
          if (trace.full) return trace.answer();
          const found = await this.place(caller, region);
          const added = trace.add(id, level, kind, { ...found.place, ...(found.ended === undefined ? {} : { ended: toWireError(found.ended) }) });
          if (added !== undefined && found.told !== undefined) next.push({ id: added, told: found.told });
        }
      }
      open = next;
    }
    if (open.some(({ told }) => told.length > 0)) trace.cut();
    return trace.answer();
  }

  /** Without what was made after the moment, or the end of the run, that is named. Throws `artifact.not_found`, `execution.not_found`. */
  async down({ caller, region, depth, limit, ...moment }: SubjectRequest<'runtime.lineage.derived'>): Promise<ValueTrace> {
    const until = await asAt(this.parts.reader, caller.tenant_id, moment);
    const trace = new Trace(limit, until);
    const source = await this.parts.artifacts.find(caller.tenant_id, region.reference);
    if (source === undefined) throw failure('artifact.not_found');
    await this.parts.settle();
    trace.add(undefined, 0, undefined, { region, artifact: described(source.artifact), ...(await this.madeBy(caller, region.reference)) });
    let open = [{ id: 0, region }];
    for (let level = 1; level <= depth && open.length > 0; level++) {
      const next: typeof open = [];
      for (const { id, region: from } of open) {
        for await (const found of this.derivedFrom(caller, from, trace)) {
          if (trace.full) return trace.answer();
          const added = trace.add(id, level, found.kind, found.place);
          if (added !== undefined && found.place.ended === undefined) next.push({ id: added, region: found.place.region });
        }
      }
      open = next;
    }
    for (const { region: from } of open) if ((await this.artifactsOf(caller, from.reference, 1, until)).edges.length > 0) trace.cut();
    return trace.answer();
  }

  /** What a region names, with where that came from. */
  private async place(caller: Caller, region: SourceRegion): Promise<{ place: Omit<TracedPlace, 'id' | 'depth'>; told?: ToldPlace[]; ended?: ReturnType<typeof asPlatformError> }> {
    const found = await this.parts.artifacts.find(caller.tenant_id, region.reference);
    if (found === undefined) return { place: { region }, ended: failure('artifact.not_found', { details: { reference: region.reference } }) };
    const { artifact } = found;
    const about = { region, artifact: described(artifact), ...(await this.madeBy(caller, region.reference)) };
    if (region.content_hash !== undefined && region.content_hash !== artifact.content_hash) return { place: about, ended: failure('reference.changed', { details: { reference: region.reference } }) };
    const pointer = pointerOf(region, artifact);
    if (artifact.lineage === undefined && (pointer === undefined || (pointer === '' && pointsAtFile(artifact)))) return { place: about, told: pointsAtFile(artifact) ? [] : derivedWhole(artifact) };
    try {
      await this.look(caller, artifact);
      return await this.looked(caller, artifact, pointer ?? '', about);
    } catch (error) {
      return { place: about, ended: asPlatformError(error) };
    }
  }

  private async looked(caller: Caller, artifact: Artifact, pointer: string, about: Omit<TracedPlace, 'id' | 'depth'>): Promise<{ place: Omit<TracedPlace, 'id' | 'depth'>; told: ToldPlace[] }> {
    const { tenant_id } = caller;
    if (artifact.lineage?.dataset === true && pointer.startsWith('/records/')) {
      const found = await this.parts.datasets.told(tenant_id, artifact, pointer);
      if (found === undefined) throw nothingAt(artifact, pointer);
      return { place: { ...about, region: { ...about.region, pointer }, ...(await this.shown(caller, artifact, pointer, found.value as Json)) }, told: found.places };
    }
    const content = await this.parts.contents.json(tenant_id, artifact);
    const value = valueAt(content, partsOf(pointer));
    if (value === undefined) throw nothingAt(artifact, pointer);
    const told = artifact.lineage === undefined ? [] : [...toldPlaces(artifact.lineage, content, pointer)];
    return { place: { ...about, ...(pointer === '' ? {} : { region: { ...about.region, pointer }, ...(await this.shown(caller, artifact, pointer, value)) }) }, told: told.length > 0 ? told : derivedWhole(artifact) };
  }

  /** Places whose artifacts say that they come from this one, in the order in which the artifacts were made. */
  private async *derivedFrom(caller: Caller, from: SourceRegion, trace: Trace): AsyncGenerator<{ kind: TracedPlace['kind']; place: Omit<TracedPlace, 'id' | 'depth'> }> {
    const { edges, complete } = await this.artifactsOf(caller, from.reference, MOST_DERIVED, trace.until);
    if (!complete) trace.cut();
    for (const { from: derived } of edges) {
      const reference = derived.slice('artifact:'.length);
      const artifact = (await this.parts.artifacts.find(caller.tenant_id, reference))?.artifact;
      if (artifact === undefined) continue;
      const about = { artifact: described(artifact), ...(await this.madeBy(caller, reference)) };
      try {
        await this.look(caller, artifact);
        let any = false;
        for await (const { target, kind } of this.matching(caller, artifact, from)) {
          any = true;
          yield { kind, place: { region: { reference, pointer: target }, ...about, ...(await this.valueOf(caller, artifact, target)) } };
        }
        if (!any && !tellsOf(artifact, from.reference)) yield { kind: 'transformation', place: { region: { reference }, ...about } };
      } catch (error) {
        yield { kind: undefined, place: { region: { reference }, ...about, ended: toWireError(asPlatformError(error)) } };
      }
    }
  }

  private async *matching(caller: Caller, artifact: Artifact, from: SourceRegion): AsyncGenerator<ToldPlace> {
    const { lineage } = artifact;
    if (lineage === undefined || !tellsOf(artifact, from.reference)) return;
    if (lineage.dataset === true) yield* this.parts.datasets.within(caller.tenant_id, artifact, from);
    if (lineage.values === undefined && lineage.members === undefined && lineage.tables === undefined) return;
    const content = await this.parts.contents.json(caller.tenant_id, artifact);
    for (const told of toldPlaces(lineage, content, '', from.reference)) {
      if (!overlaps(told.region, from)) continue;
      if (!isRow(told, lineage.tables ?? [])) yield told;
      else for (const cell of cellsOfRow(content, told)) if (overlaps(cell.region, from)) yield cell;
    }
  }

  private artifactsOf({ tenant_id }: Caller, reference: string, limit: number, until: string | undefined): ReturnType<StateGraph['walk']> {
    return this.parts.graph.walk(tenant_id, { start: [artifactNode(reference)], direction: 'down', depth: 1, limit, kinds: ['derived_from'], ...(until === undefined ? {} : { until }) });
  }

  private async valueOf(caller: Caller, artifact: Artifact, target: string): Promise<{ value?: Json }> {
    if (artifact.lineage?.dataset === true) {
      const found = await this.parts.datasets.told(caller.tenant_id, artifact, target);
      return found === undefined ? {} : this.shown(caller, artifact, target, found.value as Json);
    }
    return this.shown(caller, artifact, target, valueAt(await this.parts.contents.json(caller.tenant_id, artifact), partsOf(target)));
  }

  private async shown({ tenant_id }: Caller, artifact: Artifact, pointer: string, value: Json | undefined): Promise<{ value?: Json }> {
    if (value === undefined || canonicalJson(value).length > SHOWN_BYTES) return {};
    const [realm = ''] = (await this.parts.made.of(tenant_id, artifact.artifact_id))?.intent_type.split('.') ?? [];
    return { value: this.parts.shows(tenant_id, artifact, realm)(pointer, value) };
  }

  private async madeBy(caller: Caller, reference: string): Promise<Pick<TracedPlace, 'made_by'>> {
    const made_by = await this.parts.made.of(caller.tenant_id, reference);
    return made_by === undefined ? {} : { made_by };
  }

  private look(caller: Caller, { artifact_id, execution_id, classification }: Artifact): Promise<void> {
    return this.parts.access().look({ caller, action: 'hydrate', executionId: execution_id, artifact: { artifact_id, classification } });
  }
}

/** The places of an answer; one that was met before on the way is told once for each place that leads to it. */
class Trace {
  private readonly places: TracedPlace[] = [];
  private readonly met = new Set<string>();
  private complete = true;

  /** `until`: what was made later is left out. */
  constructor(
    private readonly limit: number,
    readonly until?: string,
  ) {}

  get full(): boolean {
    if (this.places.length < this.limit) return false;
    this.complete = false;
    return true;
  }

  add(of: number | undefined, depth: number, kind: TracedPlace['kind'], place: Omit<TracedPlace, 'id' | 'depth'>): number | undefined {
    const key = `${of ?? ''} ${canonicalJson(place.region)}`;
    if (this.met.has(key)) return undefined;
    this.met.add(key);
    const id = this.places.length;
    this.places.push({ id, ...(of === undefined ? {} : { of }), depth, ...(kind === undefined ? {} : { kind }), ...place, region: this.told(place.region) });
    return id;
  }

  cut(): void {
    this.complete = false;
  }

  /** Of very many rows that lie apart, from the first to the last: which of them stands in the artifact. */
  private told(region: SourceRegion): SourceRegion {
    if ((region.numbers?.length ?? 0) <= MOST_NUMBERS) return region;
    this.cut();
    const { numbers: _numbers, spans: _spans, ...around } = region;
    return around;
  }

  answer(): ValueTrace {
    return { ...(this.until === undefined ? {} : { as_of: this.until }), places: this.places, complete: this.complete };
  }
}

const described = ({ artifact_type, media_type, content_hash, classification, name, external }: Artifact): NonNullable<TracedPlace['artifact']> => ({
  artifact_type, media_type, content_hash, name, ...(classification === undefined ? {} : { classification }), ...(external === undefined ? {} : { external }),
});

/** A record of a dataset is a place in it, whichever way it is named. */
function pointerOf({ pointer, record, record_end, field }: SourceRegion, { lineage }: Artifact): string | undefined {
  if (pointer !== undefined || lineage?.dataset !== true || record === undefined || record_end !== undefined) return pointer;
  return pointerTo(['records', record, ...(field === undefined ? [] : [field])]);
}

/** What came from outside comes from nothing here. */
const pointsAtFile = ({ derived_from, external }: Artifact): boolean => external !== undefined || derived_from === undefined;

/** Whether its lineage says anything finer than that it comes from the whole of the reference. */
const tellsOf = ({ lineage }: Artifact, reference: string): boolean =>
  lineage !== undefined && (lineage.dataset === true || [...(lineage.members ?? []), ...(lineage.tables ?? [])].some((one) => (one.reference ?? reference) === reference) || (lineage.values ?? []).some(({ from }) => from.some((one) => one.reference === reference)));

const isRow = ({ target }: ToldPlace, tables: readonly { readonly path: string }[]): boolean => tables.some(({ path }) => partsOf(target).length === partsOf(path).length + 2);

const nothingAt = (artifact: Artifact, pointer: string) => failure('lineage.place_not_found', { field: '/pointer', message: `nothing stands at ${pointer} in ${artifact.artifact_id}` });
