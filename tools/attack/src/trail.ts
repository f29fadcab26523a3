import type { HttpCaller } from './http-caller.js';

interface Refusal {
  readonly what: string;
  readonly code: string;
}

interface WalPage {
  readonly frames: readonly { readonly records: readonly { readonly type: string; readonly what?: string; readonly error?: { readonly code: string } }[] }[];
  readonly next_cursor?: string;
}

/** Where an auditor looks: the servers' logs, the services' logs, and the refusals in each tenant's part of the log. */
export class Trail {
  private readonly lines = new Map<string, string[]>();

  note(source: string, line: string): void {
    const known = this.lines.get(source);
    if (known === undefined) this.lines.set(source, [line]);
    else known.push(line);
  }

  linesOf(source: string): readonly string[] {
    return this.lines.get(source) ?? [];
  }

  allLines(): string[] {
    return [...this.lines.values()].flat();
  }

  /** Where the services said that they listen. */
  urls(): string[] {
    return [...new Set(this.allLines().flatMap((line) => (line.includes(' is up"') ? (/"url":"([^"]+)"/.exec(line)?.[1] ?? []) : [])))];
  }

  /** Where one of them does. */
  urlOf(service: string): string {
    const url = this.linesOf(service).flatMap((line) => (line.includes(' is up"') ? (/"url":"([^"]+)"/.exec(line)?.[1] ?? []) : []))[0];
    if (url === undefined) throw new Error(`${service} never said that it is up`);
    return url;
  }

  /** Whether a log tells it: a line that has all of these texts. */
  tells(source: string, ...texts: readonly string[]): boolean {
    return this.linesOf(source).some((line) => texts.every((text) => line.includes(text)));
  }

  /** How many of a server's lines match. */
  count(source: string, pattern: RegExp): number {
    return this.linesOf(source).filter((line) => pattern.test(line)).length;
  }

  /** The refusals recorded in the tenant of whoever looks, rejected intents among them. */
  async refusalsSeenBy(reader: HttpCaller): Promise<Refusal[]> {
    const found: Refusal[] = [];
    for (const type of ['access_refused', 'intent_rejected']) {
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const { body } = await reader.call('GET', `/v1/wal?record_type=${type}&limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
        const page = body as unknown as WalPage;
        const records = page.frames.flatMap((frame) => frame.records).filter((record) => record.type === type);
        found.push(...records.map(({ what = '', error }) => ({ what, code: error?.code ?? '' })));
        cursor = page.next_cursor;
      }
    }
    return found;
  }

  /** The same as a number: a record of many counts for as many. */
  async countSeenBy(reader: HttpCaller): Promise<number> {
    return (await this.refusalsSeenBy(reader)).reduce((sum, { what }) => sum + Number(/^(\d+) refusals/.exec(what)?.[1] ?? 1), 0);
  }
}
