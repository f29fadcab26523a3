export interface StopSignal {
  /** Aborted at the first signal to stop. */
  readonly signal: AbortSignal;
  readonly stopped: Promise<'stopped'>;
}

/** One Ctrl-C arrives up to three times: from the terminal, from npm, and from the program that started this one. */
const ONE_KEYSTROKE_MS = 1000;

/** Listens for signals to stop; a second keystroke, later than the echoes of the first, calls `insisted`. `monotonic` in milliseconds. */
export function listenForStop(source: Pick<NodeJS.Process, 'on'>, monotonic: () => number, insisted: () => void): StopSignal {
  const controller = new AbortController();
  let asked: number | undefined;
  const onSignal = (): void => {
    asked ??= monotonic();
    if (monotonic() - asked > ONE_KEYSTROKE_MS) insisted();
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) source.on(signal, onSignal);
  const stopped = new Promise<'stopped'>((resolve) => controller.signal.addEventListener('abort', () => resolve('stopped')));
  return { signal: controller.signal, stopped };
}
