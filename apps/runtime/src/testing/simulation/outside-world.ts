/** What effects change: a system that is no part of the platform. It remembers every key it was ever given, and takes one twice only where the step says so. */
export class OutsideWorld {
  private readonly done = new Map<string, number>();
  /** Keys that somebody is about to use. */
  private readonly pending = new Map<string, number>();

  /** `about`: an effect with this key may happen until `settled`. */
  about(key: string): void {
    this.pending.set(key, (this.pending.get(key) ?? 0) + 1);
  }

  settled(key: string): void {
    this.pending.set(key, (this.pending.get(key) ?? 1) - 1);
  }

  happens(key: string, mayRepeat: boolean): void {
    this.done.set(key, mayRepeat ? 1 : (this.done.get(key) ?? 0) + 1);
  }

  times(key: string): number {
    return this.done.get(key) ?? 0;
  }

  /** Whether what an operator sees now is what it will stay. */
  isSettled(key: string): boolean {
    return (this.pending.get(key) ?? 0) === 0;
  }
}
