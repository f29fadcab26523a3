/** Injection token of the object store. */
export const OBJECTS = Symbol('symphainy.runtime.objects');
