/** For tests of realms: an in-memory bed that runs sagas step by step, and the suite every realm passes. */
export { testBed, type TestBed, type TestBedOptions, type TestRun } from './test-bed.js';
export { realmConformance, type ConformanceCase } from './conformance.js';
