import { cellRange, type Artifact, type ContentDataset, type DatasetRow, type SourceRegion } from '@symphainy/contracts';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { ArtifactContents } from './artifact-contents.js';
import { partsOf, pointerTo } from './json-places.js';
import type { ToldPlace } from './told-places.js';

/** Records and columns of datasets, and their bytes in the source. */
export class DatasetPlaces {
  constructor(private readonly parts: { readonly contents: ArtifactContents; readonly artifacts: ArtifactFinder }) {}

  /** What a cell (`/records/<record>/<column>`) or a record was decoded from, and what it is. Undefined: no such place. */
  async told(tenantId: string, artifact: Artifact, target: string): Promise<{ readonly places: ToldPlace[]; readonly value: DatasetRow | DatasetRow[string] } | undefined> {
    const [list, record, column] = partsOf(target);
    if (list !== 'records' || record === undefined) return undefined;
    const dataset = await this.parts.contents.dataset(tenantId, artifact);
    const part = dataset.parts.find(({ first_record, records }) => Number(record) >= first_record && Number(record) < first_record + records);
    if (part === undefined) return undefined;
    const row = (await this.rows(tenantId, part.reference)).find((one) => one._record === Number(record));
    if (row === undefined) return undefined;
    if (column === undefined) return { places: [{ target, region: recordRegion(dataset, row), kind: 'transformation' }], value: row };
    const region = cellRegion(dataset, row, column);
    return region === undefined ? undefined : { places: [{ target, region, kind: 'transformation' }], value: row[column] ?? null };
  }

  /** The cells that a range of the source was decoded to. */
  async *within(tenantId: string, artifact: Artifact, { byte_start = 0, byte_end = Number.MAX_SAFE_INTEGER, record, field }: SourceRegion): AsyncGenerator<ToldPlace> {
    const dataset = await this.parts.contents.dataset(tenantId, artifact);
    for (const part of dataset.parts) {
      if (part.byte_start >= byte_end || part.byte_end <= byte_start || (record !== undefined && (record < part.first_record || record >= part.first_record + part.records))) continue;
      for (const row of await this.rows(tenantId, part.reference)) {
        if (row._offset >= byte_end || row._offset + row._length <= byte_start || (record !== undefined && row._record !== record)) continue;
        for (const { name } of dataset.columns) {
          const region = field !== undefined && field.toUpperCase() !== name.toUpperCase() ? undefined : cellRegion(dataset, row, name);
          if (region !== undefined && row[name] !== undefined && region.byte_start! < byte_end && byte_start < region.byte_end!) yield { target: pointerTo(['records', row._record, name]), region, kind: 'transformation' };
        }
      }
    }
  }

  private async rows(tenantId: string, reference: string): Promise<readonly DatasetRow[]> {
    const part = await this.parts.artifacts.find(tenantId, reference);
    return part === undefined ? [] : ((await this.parts.contents.json(tenantId, part.artifact)) as unknown as DatasetRow[]);
  }
}

const recordRegion = ({ source }: ContentDataset, row: DatasetRow): SourceRegion => ({ reference: source.reference, content_hash: source.hash, record: row._record, byte_start: row._offset, byte_end: row._offset + row._length });

function cellRegion(dataset: ContentDataset, row: DatasetRow, column: string): SourceRegion | undefined {
  const range = cellRange(dataset, row, column);
  if (range === undefined) return undefined;
  const { hash, field, layout_hash, byte_start, byte_end, reference } = range;
  return { reference, content_hash: hash, record: row._record, field, layout_hash, byte_start, byte_end };
}
