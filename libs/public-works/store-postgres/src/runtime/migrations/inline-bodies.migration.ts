import type { Migration } from '../../provision.js';

/**
 * Frames of up to a page stand in the log's own rows. By default a row beyond 2 KB has its body moved out of line: a second table, a second index and
 * three more rows for each acceptance.
 */
export const inlineBodiesMigration: Migration = {
  name: 'InlineBodies1790000008000',
  up: (run) => run('alter table wal_frames set (toast_tuple_target = 8160)').then(() => undefined),
};
