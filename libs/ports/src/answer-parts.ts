import { MessageTooLargeError } from './bus.js';

/** The header that says which part of an answer a message is: `2/5`. */
const PART = 'part';
/** Of one part: half of what a message may hold. */
const PART_BYTES = 512 * 1024;
/** Of a whole answer: more than the largest frame of the log, and less than what a NATS server lets wait for one client (64 MiB) before it cuts that off. */
export const LARGEST_ANSWER = 48 * 1024 * 1024;

type Headers = Readonly<Record<string, string>>;

/** Answers a request in as many messages as it takes. Throws MessageTooLargeError, with nothing sent, when it is larger than an answer may be. */
export function respondInParts({ respond }: { respond(data: Uint8Array, headers?: Headers): void }, data: Uint8Array): void {
  if (data.length > LARGEST_ANSWER) throw new MessageTooLargeError(`an answer of ${data.length} bytes is larger than answers may be (${LARGEST_ANSWER})`);
  const count = Math.max(1, Math.ceil(data.length / PART_BYTES));
  for (let i = 0; i < count; i++) respond(data.subarray(i * PART_BYTES, (i + 1) * PART_BYTES), { [PART]: `${i + 1}/${count}` });
}

/**
 * The parts of one answer, in the order in which they were sent: messages of one connection do not overtake each other. A part that is not the next one says that
 * another was lost; nothing that comes after it makes an answer, and whoever asked is told so by his timeout.
 */
export class AnswerParts {
  private readonly parts: Uint8Array[] = [];

  /** Whether a message is part of an answer, and not one by itself. */
  static arePartsOf(headers: Headers): boolean {
    return headers[PART] !== undefined;
  }

  /** The whole answer with its last part; undefined before. */
  add({ headers, data }: { readonly headers: Headers; readonly data: Uint8Array }): Uint8Array | undefined {
    const [number, count] = (headers[PART] ?? '').split('/').map(Number);
    if (count === undefined || number !== this.parts.length + 1 || number > count || count * PART_BYTES > LARGEST_ANSWER || data.length > PART_BYTES) return undefined;
    this.parts.push(data);
    return number === count ? Buffer.concat(this.parts) : undefined;
  }
}
