import { dataClassName, failure, type DataContract } from '@symphainy/contracts';
import { classedFields } from '@symphainy/governance';
import { canonicalJson } from '@symphainy/kernel';
import { compareVersions, majorOf } from '../curator/version-rules.js';
import { requireSchema } from '../librarian/json-schema.js';
import { incompatibilities } from '../librarian/schema-compatibility.js';

/** What no artifact could be held against, and classes that nobody can name, are refused here and not when a step has done its work. */
export function requireContract({ schema }: Pick<DataContract, 'schema'>): void {
  requireSchema(schema);
  const odd = classedFields(schema).find(({ classification }) => !dataClassName.safeParse(classification).success);
  if (odd !== undefined) throw failure('governance.invalid', { message: `x-class of ${odd.path || 'the whole'} names no class: ${odd.classification}`, field: '/schema', fix: 'name a standing class, or one that define_class defined' });
}

/** What its consumers were promised. Who owns it, and how strictly it is held, may change under the same version. */
const promise = ({ schema, semantics, classification }: DataContract): string => canonicalJson([schema, semantics, classification ?? null]);

/**
 * What may stand in the place of the contract that stands: the same promise, or a higher version. One with the same major number must keep what consumers
 * were promised, as an output contract must: whatever fits it also fits the one before. `at`: where it stands in what was asked.
 */
export function requireNextVersion(standing: DataContract | undefined, offered: DataContract, at = ''): void {
  if (standing === undefined || (standing.version === offered.version && promise(standing) === promise(offered))) return;
  const { artifact_type, version } = offered;
  const order = compareVersions(standing.version, version);
  if (order === 0) throw failure('registration.conflict', { message: `version ${version} of the contract of ${artifact_type} stands with another promise`, field: `${at}/version`, fix: 'raise the version' });
  if (order > 0) throw failure('registration.conflict', { message: `of the contract of ${artifact_type} version ${standing.version} stands, which is higher than ${version}`, field: `${at}/version`, fix: 'raise the version, or roll back' });
  const [broken] = majorOf(standing.version) === majorOf(version) ? incompatibilities(offered.schema as never, standing.schema as never) : [];
  if (broken !== undefined) throw failure('registration.incompatible', { message: `the contract of ${artifact_type} ${version} after ${standing.version}: consumers were promised otherwise: ${broken.at || '/'} ${broken.message}`, field: `${at}/schema` });
}
