export interface Uid {
  readonly type: string;
  readonly id: string;
}

/** `User::"acme/alice"` is alice of acme. */
export function entityInWords({ type, id }: Uid): string {
  if (type === 'User' && id.includes('/')) return `${id.slice(id.indexOf('/') + 1)} of ${id.slice(0, id.indexOf('/'))}`;
  if (type === 'Tenant') return `the tenant ${id}`;
  if (type === 'Realm') return `the realm ${id}`;
  return id;
}
