import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { env } from '@symphainy/kernel';
import { objectsOf, workloads, type DescribedService } from '@symphainy/scripts';
import { hostEnv } from '@symphainy/service-host';
import { repositoryOf } from '../repository.js';
import { root, theseServices, thisRepository } from '../this-repository.js';
import { checkKubernetes, checkKustomization, type KubernetesObject, objectsBelow } from './kubernetes.js';

/** What each object breaks of its kind's schema. */
function schemaProblems(objects: readonly object[]): string[][] {
  const run = spawnSync(process.execPath, [join(root, 'tools/house-rules/validate-kubernetes.mjs')], { cwd: root, input: JSON.stringify(objects), encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as string[][];
}

const deployed = [...objectsBelow(thisRepository, 'deploy/kubernetes'), ...objectsBelow(thisRepository, 'deploy/nats')];
const realm: DescribedService = { name: 'realm-content', plane: 'realm', env: {} };
const common = { BUS_USER: env.text({ description: 'user', group: 'bus' }), BUS_PASSWORD: env.optionalText({ description: 'password', group: 'bus', sensitive: true }), HTTP_ADVERTISED_URL: env.optionalText({ description: 'url', group: 'http' }) };
const denial = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'default-deny' } };

const realmObjects = (): KubernetesObject[] => structuredClone(workloads.filter(({ name }) => name === realm.name).flatMap(objectsOf)) as KubernetesObject[];
const problemsAfter = (edit: (objects: KubernetesObject[]) => KubernetesObject[]): string[] => checkKubernetes([denial, ...edit(realmObjects())], common, [realm]);
const container = (objects: KubernetesObject[]): Record<string, unknown> => (objects[0]?.spec as { template: { spec: { containers: [Record<string, unknown>] } } }).template.spec.containers[0];

const egressOf = (objects: KubernetesObject[]): object[] => objects.find(({ kind }) => kind === 'NetworkPolicy')?.spec?.['egress'] as object[];

describe('deploy/kubernetes', () => {
  it('this repository - every object fits its kind’s schema', () => {
    expect(schemaProblems(deployed).flat()).toEqual([]);
    expect(deployed.length).toBeGreaterThan(6 * 7);
  });

  it('this repository - six objects a service, confined, with what its env contract asks for', () => {
    expect(checkKubernetes(deployed, hostEnv, theseServices())).toEqual([]);
  });

  it('this repository - nothing is left out of the kustomization', () => {
    expect(checkKustomization(thisRepository, 'deploy/kubernetes/base')).toEqual([]);
  });

  it('a wrong type and an unknown kind - break the schema', () => {
    const wrong = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 'eighty' }] } };
    const [first, second] = schemaProblems([wrong, { apiVersion: 'v9', kind: 'Nothing' }]);
    expect(first?.join()).toMatch(/port must be integer/);
    expect(second).toEqual(['no schema for v9 Nothing']);
  });

  it('sound objects - are accepted', () => {
    expect(problemsAfter((objects) => objects)).toEqual([]);
  });

  it.each<[string, (objects: KubernetesObject[]) => KubernetesObject[], string]>([
    ['a service without a network policy', (objects) => objects.filter(({ kind }) => kind !== 'NetworkPolicy'), 'realm-content: has no NetworkPolicy'],
    ['a container that can write to its image', (objects) => (Object.assign(container(objects), { securityContext: {} }), objects), 'realm-content: is not confined'],
    ['a container that keeps its capabilities', (objects) => (Object.assign(container(objects), { securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false } }), objects), 'realm-content: is not confined'],
    ['a realm that may reach the database', (objects) => (egressOf(objects).push({ to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'postgres' } } }] }), objects), "realm-content: may reach postgres, against the architecture's arrows"],
    ['a rule that names nobody', (objects) => (egressOf(objects).push({}), objects), "realm-content: may reach anybody, against the architecture's arrows"],
    ['a secret in plain text', (objects) => (Object.assign(container(objects), { env: [{ name: 'BUS_USER', value: 'x' }, { name: 'BUS_PASSWORD', value: 'hunter2' }] }), objects), 'realm-content: has the secret BUS_PASSWORD in plain text'],
    ['a variable nobody reads', (objects) => (Object.assign(container(objects), { env: [{ name: 'BUS_USER', value: 'x' }, { name: 'TYPO', value: '1' }] }), objects), 'realm-content: is given TYPO, which its env contract does not know'],
    ['a required variable left out', (objects) => (Object.assign(container(objects), { env: [] }), objects), 'realm-content: is not given BUS_USER, which its env contract requires'],
  ])('%s - is found', (_, edit, problem) => {
    expect(problemsAfter(edit)).toContain(problem);
  });

  it('a place where traffic is allowed by default - is found', () => {
    expect(checkKubernetes(realmObjects(), common, [realm])).toEqual(['nothing denies traffic by default']);
  });

  it('a file the kustomization forgets - is found', () => {
    expect(checkKustomization(repositoryOf({ 'b/kustomization.yaml': 'resources:\n  - a.yaml\n', 'b/a.yaml': '', 'b/c.yaml': '' }), 'b')).toEqual(['b/kustomization.yaml: does not list c.yaml']);
  });
});
