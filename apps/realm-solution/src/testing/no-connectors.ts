import { failure } from '@symphainy/contracts';

const none = (): Promise<never> => Promise.reject(failure('connector.unknown'));

/** A realm that no outside system is bound to. */
export const noConnectors = { describe: none, describeObject: none, openObject: none, look: none, write: none };
