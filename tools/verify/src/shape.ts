/** Shapes of JSON: what must be there before it can be checked. */

/** Why a value does not fit, each with its JSON Pointer; none: it fits. */
export type Shape = (value: unknown, pointer: string) => string[];

const no = (pointer: string, what: string): string[] => [`${pointer || '/'} ${what}`];

export const text: Shape = (value, pointer) => (typeof value === 'string' ? [] : no(pointer, 'is no text'));
export const hex: Shape = (value, pointer) => (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? [] : no(pointer, 'is no SHA-256 digest in hex'));
export const integer: Shape = (value, pointer) => (Number.isSafeInteger(value) && (value as number) >= 0 ? [] : no(pointer, 'is no natural number'));
export const oneOf = (...allowed: readonly string[]): Shape => (value, pointer) => (allowed.includes(value as string) ? [] : no(pointer, `is none of ${allowed.join(', ')}`));
export const optional = (shape: Shape): Shape => (value, pointer) => (value === undefined ? [] : shape(value, pointer));
export const list = (shape: Shape): Shape => (value, pointer) => (Array.isArray(value) ? value.flatMap((item, i) => shape(item, `${pointer}/${i}`)) : no(pointer, 'is no list'));

/** Members that are not named may stand beside those that are. */
export const object = (members: { readonly [name: string]: Shape }): Shape => (value, pointer) =>
  isObject(value) ? Object.entries(members).flatMap(([name, shape]) => shape(Object.hasOwn(value, name) ? value[name] : undefined, `${pointer}/${name}`)) : no(pointer, 'is no object');

/** An object whose members, whatever their names, all have this shape. */
export const each = (shape: Shape): Shape => (value, pointer) => (isObject(value) ? Object.entries(value).flatMap(([name, member]) => shape(member, `${pointer}/${name}`)) : no(pointer, 'is no object'));

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value);
