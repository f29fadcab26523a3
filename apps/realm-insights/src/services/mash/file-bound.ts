import { statSync } from 'node:fs';
import { failure } from '@symphainy/contracts';

const LOOK_MS = 200;
const MIB = 1024 * 1024;

/** The engine bounds what it spills, and not what it keeps: while it works its own file is looked at, and beyond so much growth the work is interrupted. */
export class FileBound {
  private most = Number.POSITIVE_INFINITY;
  private exceeded = false;

  constructor(
    private readonly file: string,
    private readonly interrupt: () => void,
  ) {}

  /** From now on the file may grow by this. */
  set(mib: number): void {
    this.most = this.size() + mib * MIB;
  }

  /** Rejects with `mash.too_costly` when the work was interrupted. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const looking = setInterval(() => this.look(), LOOK_MS).unref();
    try {
      return await work();
    } catch (error) {
      throw this.exceeded ? failure('mash.too_costly', { message: 'the result takes more disk than a mash may take', field: '/sql', cause: error }) : error;
    } finally {
      clearInterval(looking);
    }
  }

  private look(): void {
    if (this.exceeded || this.size() <= this.most) return;
    this.exceeded = true;
    this.interrupt();
  }

  private size(): number {
    return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }
}
