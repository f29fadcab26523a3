import type { AppendRequest, ParkedBy, ParkedStream, ParkedStreams } from '../acceptance/log.ports.js';

/** The parked streams of the log in memory. */
export class MemoryParked implements ParkedStreams {
  private readonly rows = new Map<string, ParkedBy>();

  /** `isHeld`: whether a writer holds its lease, in this epoch. */
  constructor(private readonly isHeld: (writer: string, epoch: number) => boolean) {}

  /** Whether a stream sleeps whose last frame is `seq`. */
  holds(tenantId: string, streamId: string, seq: number): boolean {
    const row = this.rows.get(`${tenantId}/${streamId}`);
    return row !== undefined && row.seq >= seq;
  }

  get size(): number {
    return this.rows.size;
  }

  /** What a written frame asks for. */
  follow(request: AppendRequest, writer: string, epoch: number): void {
    const { tenantId, streamId, seq, sessionId, park, unpark, wake, at } = request;
    if (park !== undefined) this.rows.set(`${tenantId}/${streamId}`, { tenantId, streamId, seq, sessionId, ...park, writer, epoch });
    else if (unpark === true) this.rows.delete(`${tenantId}/${streamId}`);
    if (wake !== undefined) this.wake(`${tenantId}/${wake}`, at);
  }

  private wake(key: string, at: string): void {
    const row = this.rows.get(key);
    if (row !== undefined && (row.dueAt === undefined || row.dueAt > at)) this.rows.set(key, { ...row, dueAt: at });
  }

  park(writer: { readonly id: string; readonly epoch: number }, streams: readonly ParkedStream[]): Promise<ParkedStream[]> {
    if (!this.isHeld(writer.id, writer.epoch)) return Promise.resolve([]);
    const late = ({ tenantId, streamId, seq }: ParkedStream): boolean => (this.rows.get(`${tenantId}/${streamId}`)?.seq ?? seq) > seq;
    const parked = streams.filter((stream) => !late(stream));
    for (const stream of parked) this.rows.set(`${stream.tenantId}/${stream.streamId}`, { ...stream, writer: writer.id, epoch: writer.epoch });
    return Promise.resolve(parked);
  }

  claim(due: string, again: string, limit: number): Promise<ParkedBy[]> {
    const ready = [...this.rows].filter(([, row]) => row.dueAt !== undefined && row.dueAt <= due).sort(([, a], [, b]) => (a.dueAt! < b.dueAt! ? -1 : 1));
    const claimed = ready.slice(0, limit).map(([key, row]) => [key, { ...row, dueAt: again }] as const);
    for (const [key, row] of claimed) this.rows.set(key, row);
    return Promise.resolve(claimed.map(([, row]) => row));
  }

  find(tenantId: string, streamId: string): Promise<ParkedBy | undefined> {
    return Promise.resolve(this.rows.get(`${tenantId}/${streamId}`));
  }

  postpone({ tenantId, streamId, seq, dueAt }: ParkedStream, until: string | undefined): Promise<void> {
    const key = `${tenantId}/${streamId}`;
    const row = this.rows.get(key);
    if (row?.seq === seq && row.dueAt === dueAt) this.rows.set(key, { ...row, dueAt: until });
    return Promise.resolve();
  }

  forget({ tenantId, streamId, seq }: Pick<ParkedStream, 'tenantId' | 'streamId' | 'seq'>): Promise<void> {
    const key = `${tenantId}/${streamId}`;
    if (this.rows.get(key)?.seq === seq) this.rows.delete(key);
    return Promise.resolve();
  }
}
