import { bundleOrigin, keyIssuer, stateChange } from '@symphainy/contracts';
import { z } from 'zod';

/** Who asked for a change of governance, and why. */
const origin = bundleOrigin.omit({ changed: true });
export type Origin = z.infer<typeof origin>;

/** What is known of a governance execution that has not ended: who asked for it, and the changes that count once it has completed. */
export const unfinishedChanges = z.object({ origin: origin.optional(), /** In whose hands it was: who asked for it, and who may hold their API key too. */ by: z.array(keyIssuer).optional(), changes: z.array(stateChange) });
export type Unfinished = z.infer<typeof unfinishedChanges>;
