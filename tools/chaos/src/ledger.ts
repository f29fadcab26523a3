import { readFile } from 'node:fs/promises';

/** The outside system of the realm's effects: a file with one line for each time that an effect was carried out. */
export class Ledger {
  constructor(readonly file: string) {}

  /** How often each effect was carried out, by `<execution> <step>`. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const text = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const counts = new Map<string, number>();
    for (const line of text.split('\n').filter((l) => l !== '')) {
      const effect = line.split(' ').slice(0, 2).join(' ');
      counts.set(effect, (counts.get(effect) ?? 0) + 1);
    }
    return counts;
  }

  async has(executionId: string, step: string): Promise<boolean> {
    return (await this.counts()).has(`${executionId} ${step}`);
  }
}
