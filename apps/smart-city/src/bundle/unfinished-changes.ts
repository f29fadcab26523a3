import { bundleOrigin, stateChange } from '@symphainy/contracts';
import { z } from 'zod';

/** Who asked for a change of governance, and why. */
const origin = bundleOrigin.omit({ changed: true });
export type Origin = z.infer<typeof origin>;

/** What is known of a governance execution that has not ended: who asked for it, and the changes that count once it has completed. */
export const unfinishedChanges = z.object({ origin: origin.optional(), changes: z.array(stateChange) });
export type Unfinished = z.infer<typeof unfinishedChanges>;
