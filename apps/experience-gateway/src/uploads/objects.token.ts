/** Injection token of the object store that uploads go to and artifact contents come from. */
export const OBJECTS = Symbol('symphainy.gateway.objects');
