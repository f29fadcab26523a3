/** scorecard: measures the readers against files whose results are known, and against the libraries one would otherwise use, side by side. */
export { areaNames, measureAll } from './registry.js';
export type { Area, CaseResult, Corpus } from './area.js';
