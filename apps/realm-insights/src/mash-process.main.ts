/** The process of one mash: it is given its work over its channel, answers there, and ends. Its directory is gone when it ends by itself or when who started it does. */
import { rmSync } from 'node:fs';
import { asPlatformError, toWireError, type WireError } from '@symphainy/kernel';
import { limits } from './model/limits.js';
import type { MashMessage, MashWork } from './model/mash.work.js';
import { checkMash, runMash } from './services/mash/run-mash.js';
import { selectTable } from './services/table-selection.service.js';

const send = (message: MashMessage, then?: () => void): void => void process.send?.(message, then ?? (() => undefined));
const engineLimits = { memoryMib: limits.mashMemoryMib, diskMib: limits.mashDiskMib };
let directory: string | undefined;

/** Beyond the engine's own bound: what the engine does not count. */
const RSS_MIB = limits.mashMemoryMib + limits.mashOverheadMib;
const OUT_OF_MEMORY = 134;
setInterval(() => process.memoryUsage.rss() > RSS_MIB * 1024 * 1024 && process.exit(OUT_OF_MEMORY), 100).unref();

async function perform(work: MashWork): Promise<void> {
  directory = work.directory;
  if (work.task === 'check') {
    return send({ answer: { checked: true, needs: await checkMash(work.directory, work.sql, work.sources, engineLimits) } });
  }
  send({ answer: await runMash(work, engineLimits, (document, wanted) => selectTable(document, wanted), (progress) => send({ progress })) });
}

process.on('disconnect', () => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  process.exit(0);
});
/** What the engine itself said stays here: it may hold values. */
function failureOf(error: unknown): WireError {
  const { cause, ...told } = toWireError(asPlatformError(error));
  return cause === undefined || cause.code === 'platform.internal' ? told : { ...told, cause };
}

process.on('message', (work: MashWork) => void perform(work).catch((error: unknown) => send({ failure: failureOf(error) })));
