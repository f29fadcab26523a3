import type { Intent } from '@symphainy/contracts';

/** What an intent declares to be for: `metadata.purpose`. */
export const purposeOf = ({ metadata }: Pick<Intent, 'metadata'>): string | undefined => {
  const purpose = metadata['purpose'];
  return typeof purpose === 'string' ? purpose : undefined;
};
