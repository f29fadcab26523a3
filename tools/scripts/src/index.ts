/**
 * scripts: programs that people and CI run, and the generators of every generated file that is committed.
 *
 * `generatedFiles` renders docs/reference and deploy/nats/permissions.conf from the tables they document; `npm run generate` writes them, the
 * house rules compare. The service doors are loaded as data (`loadServices`), because only standalone may import applications.
 *
 * 1. Rendering is a pure function of the tables: the same code gives the same bytes.
 */
export { generatedFiles } from './generated-files.js';
export { loadServices, serviceApps } from './service-doors.js';
export { renderEnvReference, type DescribedService } from './env-reference.js';
export { renderErrorsReference } from './errors-reference.js';
export { renderSubjectsReference } from './subjects-reference.js';
export { busUsers, permissionsOf, renderNatsPermissions, variableOf, type BusUser, type Permissions } from './nats-permissions.js';
export { kubernetesManifests, objectsOf, workloads } from './kubernetes-manifests.js';
export { deployEnv, TLS_SERVERS } from './deploy-env.js';
