/** Names a stream among those of all tenants: ids are unique within a tenant only, for a caller may choose an intent's own. */
export const streamKey = ({ tenantId, streamId }: { readonly tenantId: string; readonly streamId: string }): string => `${tenantId}/${streamId}`;
