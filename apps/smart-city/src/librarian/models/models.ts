import { afterActionReport } from './after-action-report.model.js';
import { insurancePolicy } from './insurance-policy.model.js';
import type { CanonicalModel } from './model.js';
import { permit } from './permit.model.js';

/** The canonical models that the platform begins with; later versions come by intents. */
export const canonicalModels: readonly CanonicalModel[] = [insurancePolicy, permit, afterActionReport];
