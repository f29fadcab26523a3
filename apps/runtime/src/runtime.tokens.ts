/** Injection token of the object store. */
export const OBJECTS = Symbol('symphainy.runtime.objects');

/** Injection token of the state graph, where it is not in the log's own database. */
export const GRAPH = Symbol('symphainy.runtime.graph');

/** Injection token of hot state. */
export const HOT_STATE = Symbol('symphainy.runtime.hot-state');
