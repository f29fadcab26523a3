import { hostEnv } from '@symphainy/service-host';
import { type DescribedService, renderEnvReference } from './env-reference.js';
import { renderErrorsReference } from './errors-reference.js';
import { kubernetesManifests } from './kubernetes-manifests.js';
import { renderModulesReference } from './modules-reference.js';
import { renderNatsPermissions } from './nats-permissions.js';
import { renderSubjectsReference } from './subjects-reference.js';

/** Every generated file that is committed: its path, and how its text is made. */
export function generatedFiles(root: string, services: () => readonly DescribedService[]): Readonly<Record<string, () => string>> {
  return {
    'docs/reference/errors.md': () => renderErrorsReference(),
    'docs/reference/subjects.md': () => renderSubjectsReference(),
    'docs/reference/modules.md': () => renderModulesReference(root),
    'docs/reference/env.md': () => renderEnvReference(hostEnv, services()),
    'deploy/nats/permissions.conf': renderNatsPermissions,
    ...kubernetesManifests(),
  };
}
