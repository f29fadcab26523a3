import type { DescribedService } from '@symphainy/scripts';
import { parseAllDocuments } from 'yaml';
import type { Repository } from '../repository.js';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: Record<string, unknown>;
  readonly data?: Readonly<Record<string, string>>;
}

interface Pod {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
  readonly containers: readonly { readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[]; readonly securityContext?: { readonly readOnlyRootFilesystem?: boolean; readonly allowPrivilegeEscalation?: boolean; readonly capabilities?: { readonly drop?: readonly string[] } } }[];
}

const KINDS = ['Deployment', 'Service', 'ServiceAccount', 'NetworkPolicy', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'];
/** Set for other variables to refer to, and read by nobody. */
const AUXILIARY = ['POD_IP'];

/** All objects in the YAML files below a folder, kustomizations left out. */
export function objectsBelow(repo: Repository, folder: string): KubernetesObject[] {
  const files = repo.paths.filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.yaml') && !/(kustomization|bootstrap)\.yaml$/.test(path));
  return files.flatMap((path) => parseAllDocuments(repo.text(path)).map((document) => document.toJS() as KubernetesObject));
}

const podOf = (deployment: KubernetesObject): Pod => (deployment.spec?.['template'] as { spec: Pod }).spec;

function podProblems(pod: Pod): string[] {
  const contexts = pod.containers.map(({ securityContext }) => securityContext);
  return [
    ...(pod.automountServiceAccountToken === false ? [] : ['is given a token of the cluster']),
    ...(pod.securityContext?.runAsNonRoot === true ? [] : ['may run as root']),
    ...(contexts.every((context) => context?.readOnlyRootFilesystem === true && context.allowPrivilegeEscalation === false && context.capabilities?.drop?.includes('ALL') === true) ? [] : ['is not confined']),
  ];
}

function environmentProblems(pod: Pod, common: ReadonlySet<string>, contract: DescribedService['env']): string[] {
  const given = pod.containers.flatMap(({ env }) => env ?? []);
  const names = [...common, ...given.map(({ name }) => name)];
  const secrets = given.filter(({ name, value }) => contract[name]?.sensitive === true && value !== undefined);
  return [
    ...names.filter((name) => contract[name] === undefined && !AUXILIARY.includes(name)).map((name) => `is given ${name}, which its env contract does not know`),
    ...Object.entries(contract).filter(([name, variable]) => variable.required && !names.includes(name)).map(([name]) => `is not given ${name}, which its env contract requires`),
    ...secrets.map(({ name }) => `has the secret ${name} in plain text`),
  ];
}

/** Whom a pod of each plane may reach beside the bus, the collector and DNS: the stores for those who keep data, the runtime's object tickets for those who run steps and for who shows masked views, and for Post Office subscribers outside, at public addresses. Beside its plane's: what a service reaches by name. */
const REACH: Readonly<Record<string, readonly string[]>> = { gateway: ['runtime'], runtime: ['postgres', 'redis'], 'smart-city': ['postgres', 'runtime', 'the outside'], realm: ['runtime'] };
const OWN_REACH: Readonly<Record<string, readonly string[]>> = { 'realm-insights': ['realm-solution'], 'realm-solution': ['the outside'] };
const REACHED_BY_ALL = ['nats', 'otel-collector'];

interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

interface Policy {
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly { readonly to?: readonly { readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> }; readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> }; readonly ipBlock?: IpBlock }[] }[];
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'];
/** Of IPv6, the global unicast addresses; of IPv4, all but the private ones. */
const leavesOutPrivate = (block: IpBlock | undefined): boolean => block?.cidr === '2000::/3' || PRIVATE.every((range) => block?.except?.includes(range) === true);

/** A policy of its own that names each arrow: one that leaves out whom it means would mean everybody. */
function arrowProblems(policy: Policy | undefined, { name, plane }: Pick<DescribedService, 'name' | 'plane'>): string[] {
  const reached = (policy?.egress ?? []).flatMap(({ to }) => (to ?? [{}]).map(({ podSelector, namespaceSelector, ipBlock }) => podSelector?.matchLabels?.['app.kubernetes.io/name'] ?? namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? (leavesOutPrivate(ipBlock) ? 'the outside' : 'anybody')));
  const allowed = [...REACHED_BY_ALL, ...(REACH[plane] ?? []), ...(OWN_REACH[name] ?? []), 'kube-system'];
  return [
    ...(policy?.policyTypes?.includes('Ingress') === true && policy.policyTypes.includes('Egress') ? [] : ['may be reached by, or reach, anybody']),
    ...reached.filter((one) => !allowed.includes(one)).map((one) => `may reach ${one}, against the architecture's arrows`),
  ];
}

/** deploy/kubernetes/base: six objects a service, confined, and given what their env contracts ask for. */
export function checkKubernetes(objects: readonly KubernetesObject[], common: DescribedService['env'], services: readonly DescribedService[]): string[] {
  const settings = new Set(objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'symphainy-common').flatMap(({ data }) => Object.keys(data ?? {})));
  const denies = objects.some(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'default-deny');
  const problems = services.flatMap((service) => {
    const own = objects.filter(({ metadata }) => metadata.name === service.name);
    const absent = KINDS.filter((kind) => !own.some((object) => object.kind === kind)).map((kind) => `has no ${kind}`);
    const deployment = own.find(({ kind }) => kind === 'Deployment');
    const policy = own.find(({ kind }) => kind === 'NetworkPolicy')?.spec as Policy | undefined;
    const arrows = policy === undefined ? [] : arrowProblems(policy, service);
    const found = deployment === undefined ? [] : [...podProblems(podOf(deployment)), ...environmentProblems(podOf(deployment), settings, { ...common, ...service.env })];
    return [...absent, ...arrows, ...found].map((problem) => `${service.name}: ${problem}`);
  });
  return [...(denies ? [] : ['nothing denies traffic by default']), ...problems];
}

/** The base's kustomization lists every file beside it: a file it forgets would not be deployed. */
export function checkKustomization(repo: Repository, folder: string): string[] {
  const listed = repo.text(`${folder}/kustomization.yaml`);
  const files = repo.paths.filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.yaml') && !path.endsWith('kustomization.yaml')).map((path) => path.slice(folder.length + 1));
  return files.filter((file) => !listed.includes(`- ${file}\n`)).map((file) => `${folder}/kustomization.yaml: does not list ${file}`);
}
