/** The process in which files are read, one after the other: it is given work over its channel, answers there, and ends with whoever started it. */
import { failure } from '@symphainy/contracts';
import { asPlatformError, toWireError } from '@symphainy/kernel';
import { keptHash, read, type ReadingAnswer, type ReadingMessage, type ReadingWork } from './reading-work.js';

const send = (message: ReadingMessage, then?: () => void): void => void process.send?.(message, then ?? (() => undefined));
const answer = (told: ReadingAnswer): void => send({ answer: told, kept: keptHash() });

/** pdf.js and hyparquet leave some of their errors about damaged files to nobody: pdf.js's say so by their names, the others by where they were thrown. */
const isLeftAlone = (error: unknown): boolean => error instanceof Error && (/\b(\w+Exception|FormatError)\b/.test(`${error.name} ${error.message}`) || /[\\/]hyparquet(-compressors)?[\\/]/.test(error.stack ?? ''));

function abandon(error: unknown): void {
  const told = isLeftAlone(error) ? failure('content.corrupt', { message: 'a part of the file that others refer to is damaged', field: '/source' }) : asPlatformError(error);
  send({ answer: { failure: toWireError(told) } }, () => process.exit(1));
}

process.on('uncaughtException', abandon);
process.on('unhandledRejection', abandon);
process.on('disconnect', () => process.exit(0));
process.on('message', (work: ReadingWork) => void read(work, (progress) => send({ progress })).then(answer, abandon));
