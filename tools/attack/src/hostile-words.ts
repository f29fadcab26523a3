/** What the attacker tells the hostile realm's process to do, and what that tells him. Data of messages is text: all that services send each other is. */
import { z } from 'zod';

const command = z.discriminatedUnion('do', [
  /** `mark`: is heard after everything that was heard before it. */
  z.object({ do: z.literal('publish'), messages: z.array(z.object({ subject: z.string(), data: z.string() })), mark: z.string() }),
  z.object({ do: z.literal('subscribe'), pattern: z.string() }),
  z.object({ do: z.literal('request'), subject: z.string(), data: z.string() }),
  z.object({ do: z.literal('look') }),
]);
export type Command = z.infer<typeof command>;
export const commandOf = (value: unknown): Command => command.parse(value);

/** The pattern under which marks are heard. */
export const MARK = 'mark';

const heard = z.object({ pattern: z.string(), subject: z.string(), data: z.string(), reply: z.string().optional() });
export type Heard = z.infer<typeof heard>;
export const heardOf = (value: unknown): Heard => heard.parse(value);
