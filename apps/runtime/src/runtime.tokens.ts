/** Injection token of the object store. */
export const OBJECTS = Symbol('symphainy.runtime.objects');

/** Injection token of hot state. */
export const HOT_STATE = Symbol('symphainy.runtime.hot-state');
