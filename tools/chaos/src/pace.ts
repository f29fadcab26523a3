/** Kills and executions keep step: neither runs ahead of the other, so that every kill meets work under way. */
export class Pace {
  private kills = 0;
  private ends = 0;
  private waiting: (() => void)[] = [];
  private calledOff = false;
  private closed = false;

  constructor(private readonly options: { readonly executions: number; readonly kills: number; /** Kills that executions may be ahead of. */ readonly lead: number }) {}

  get over(): boolean {
    return this.calledOff;
  }

  /** Nothing new is begun: neither an execution nor a kill. */
  get closing(): boolean {
    return this.closed || this.calledOff;
  }

  get killed(): number {
    return this.kills;
  }

  get endedCount(): number {
    return this.ends;
  }

  killDone(): void {
    this.kills++;
    this.wake();
  }

  ended(): void {
    this.ends++;
    this.wake();
  }

  /** Nothing more is waited for: no progress was made for too long. */
  callOff(): void {
    this.calledOff = true;
    this.wake();
  }

  /** Begins nothing more; what is under way goes on to its end. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  /** Resolves when the execution of this number may be submitted. */
  mayStart(n: number): Promise<void> {
    const { executions, kills, lead } = this.options;
    return this.until(() => this.kills >= kills || n < ((this.kills + lead) * executions) / kills);
  }

  /** Resolves when the kill of this number is due: its share of the executions has ended. */
  mayKill(k: number): Promise<void> {
    const { executions, kills } = this.options;
    return this.until(() => this.ends >= Math.floor((k * executions) / (kills + 1)));
  }

  private async until(holds: () => boolean): Promise<void> {
    while (!this.closing && !holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
