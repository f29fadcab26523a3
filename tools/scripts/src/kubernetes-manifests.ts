import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment' with { 'resolution-mode': 'import' };
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler' with { 'resolution-mode': 'import' };
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy' with { 'resolution-mode': 'import' };
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget' with { 'resolution-mode': 'import' };
import type { IContainer } from 'kubernetes-models/v1/Container' with { 'resolution-mode': 'import' };
import type { IService } from 'kubernetes-models/v1/Service' with { 'resolution-mode': 'import' };
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount' with { 'resolution-mode': 'import' };
import { stringify } from 'yaml';

/** Objects are built against the types of their kinds, so that a misspelt field does not compile: the API server would drop it in silence. */
type Rule = NonNullable<NonNullable<INetworkPolicy['spec']>['egress']>[number];
type Entry = NonNullable<NonNullable<INetworkPolicy['spec']>['ingress']>[number];

/** What Kubernetes must know of a service beyond what all share. */
interface Workload {
  readonly name: string;
  readonly replicas: readonly [least: number, most: number];
  readonly cpu: string;
  readonly memory: string;
  /** What it may reach besides the bus, the collector and DNS. */
  readonly reaches: readonly ('postgres' | 'redis' | 'runtime' | 'realm-solution' | 'webhooks' | 'bindings')[];
  readonly reachedBy: readonly ('clients' | 'services' | 'realm-insights')[];
  /** Keys of the Secret `symphainy-<name>`, each an environment variable. */
  readonly secrets: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly mounts: readonly ('objects' | 'bootstrap')[];
}

const PORT = 8080;
const realm = (name: string, memory = '512Mi', more: Partial<Pick<Workload, 'reaches' | 'reachedBy'>> = {}): Workload => ({ name, replicas: [2, 10], cpu: '250m', memory, reaches: ['runtime'], reachedBy: [], ...more, secrets: [], settings: {}, mounts: [] });

export const workloads: readonly Workload[] = [
  { name: 'experience-gateway', replicas: [2, 10], cpu: '500m', memory: '512Mi', reaches: ['runtime'], reachedBy: ['clients'], secrets: [], settings: { OBJECTS_DIR: '/objects', CONSOLE_DIR: '/app/apps/console/dist' }, mounts: ['objects'] },
  { name: 'runtime', replicas: [2, 10], cpu: '1', memory: '1Gi', reaches: ['postgres', 'redis'], reachedBy: ['services'], secrets: ['DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_ROLE_KEY', 'REDIS_URL', 'RUNTIME_TOKEN_KEY', 'PERSONAL_DATA_KEY', 'BUNDLE_PUBLIC_KEYS', 'CHECKPOINT_SIGNING_KEY'], settings: { OBJECTS_DIR: '/objects', REDIS_CA_FILE: '/tls/ca.crt' }, mounts: ['objects'] },
  // One signs bundles: a second would have to wait for the first's versions. Runtimes keep the bundle they hold while it is away.
  { name: 'smart-city', replicas: [1, 1], cpu: '250m', memory: '512Mi', reaches: ['postgres', 'runtime', 'webhooks'], reachedBy: [], secrets: ['DATABASE_URL', 'DATABASE_OWNER_URL', 'BUNDLE_SIGNING_KEY'], settings: { BOOTSTRAP_FILE: '/bootstrap/bootstrap.yaml' }, mounts: ['bootstrap'] },
  // Files and mashes are read in processes of their own, bounded at 1.5 GiB and 1.25 GiB.
  realm('realm-content', '3Gi'),
  realm('realm-insights', '3Gi', { reaches: ['runtime', 'realm-solution'] }),
  realm('realm-journey'),
  // Its connectors read what Solutions bind; rows go straight to who mashes them. Their secrets (CONNECTOR_*) come with an overlay.
  realm('realm-solution', '512Mi', { reaches: ['runtime', 'bindings'], reachedBy: ['realm-insights'] }),
];

const labels = (name: string): Record<string, string> => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'symphainy' });
const selects = (name: string): { matchLabels: Record<string, string> } => ({ matchLabels: { 'app.kubernetes.io/name': name } });
const metadata = (name: string): { name: string; labels: Record<string, string> } => ({ name, labels: labels(name) });

const volumes = {
  objects: { name: 'objects', persistentVolumeClaim: { claimName: 'symphainy-objects' } },
  bootstrap: { name: 'bootstrap', configMap: { name: 'symphainy-bootstrap' } },
  // The authority that signed the servers' certificates, in `ca.crt`: public, so no Secret.
  tls: { name: 'tls', configMap: { name: 'symphainy-ca' } },
  scratch: { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
} as const;

function environment(workload: Workload): NonNullable<IContainer['env']> {
  const fromSecret = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: `symphainy-${workload.name}`, key: name } } });
  const settings = Object.entries(workload.settings).map(([name, value]) => ({ name, value }));
  return [
    { name: 'BUS_USER', value: workload.name },
    fromSecret('BUS_PASSWORD'),
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'HTTP_ADVERTISED_URL', value: `http://$(POD_IP):${PORT}` },
    ...settings,
    ...workload.secrets.map(fromSecret),
  ];
}

const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({ httpGet: { path, port: 'http' }, periodSeconds, failureThreshold });

function container(workload: Workload): IContainer {
  return {
    name: workload.name,
    image: `symphainy/${workload.name}:0.1.0`,
    ports: [{ name: 'http', containerPort: PORT }],
    envFrom: [{ configMapRef: { name: 'symphainy-common' } }],
    env: environment(workload),
    startupProbe: probe('/healthz', 2, 60),
    livenessProbe: probe('/healthz', 10, 3),
    readinessProbe: probe('/readyz', 3, 2),
    resources: { requests: { cpu: workload.cpu, memory: workload.memory }, limits: { memory: workload.memory } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }, { name: 'tls', mountPath: '/tls', readOnly: true }, ...workload.mounts.map((name) => ({ name, mountPath: `/${name}`, ...(name === 'bootstrap' ? { readOnly: true } : {}) }))],
  };
}

function deployment(workload: Workload): IDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(workload.name),
    spec: {
      selector: selects(workload.name),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(workload.name), annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(PORT), 'prometheus.io/path': '/metrics' } },
        spec: {
          serviceAccountName: workload.name,
          automountServiceAccountToken: false,
          // Longer than DRAIN_MS, so that a service finishes its work before it is killed.
          terminationGracePeriodSeconds: 45,
          securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: 'RuntimeDefault' } },
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selects(workload.name) }],
          containers: [container(workload)],
          volumes: [volumes.scratch, volumes.tls, ...workload.mounts.map((name) => volumes[name])],
        },
      },
    },
  };
}

const service = ({ name }: Workload): IService => ({ apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec: { selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'http', port: PORT, targetPort: 'http' }] } });
const serviceAccount = ({ name }: Workload): IServiceAccount => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(name), automountServiceAccountToken: false });
const disruptionBudget = ({ name }: Workload): IPodDisruptionBudget => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: metadata(name), spec: { maxUnavailable: 1, selector: selects(name) } });

function autoscaler({ name, replicas: [least, most] }: Workload): IHorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(name),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: least,
      maxReplicas: most,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  };
}

const toPods = (name: string, port: number): Rule => ({ to: [{ podSelector: selects(name) }], ports: [{ protocol: 'TCP', port }] });
/** Receivers of webhooks: public addresses only, whatever a subscription says. */
const WEBHOOKS: Rule = {
  to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'] } }, { ipBlock: { cidr: '2000::/3' } }],
  ports: [{ protocol: 'TCP', port: 443 }],
};
/** Systems that Solutions bind: public addresses only, over HTTPS or to a Postgres. What is inside comes with an overlay. */
const BINDINGS: Rule = { ...WEBHOOKS, ports: [{ protocol: 'TCP', port: 443 }, { protocol: 'TCP', port: 5432 }] };
const REACH: Readonly<Record<Workload['reaches'][number], Rule>> = { postgres: toPods('postgres', 5432), redis: toPods('redis', 6379), runtime: toPods('runtime', PORT), 'realm-solution': toPods('realm-solution', PORT), webhooks: WEBHOOKS, bindings: BINDINGS };
const DNS: Rule = { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }], ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }] };

const FROM: Readonly<Record<Workload['reachedBy'][number], Entry>> = {
  clients: { from: [{ namespaceSelector: { matchLabels: { 'symphainy.io/ingress': 'true' } } }], ports: [{ protocol: 'TCP', port: PORT }] },
  services: { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'symphainy' } } }], ports: [{ protocol: 'TCP', port: PORT }] },
  'realm-insights': { from: [{ podSelector: selects('realm-insights') }], ports: [{ protocol: 'TCP', port: PORT }] },
};
const SCRAPING: Entry = { from: [{ namespaceSelector: { matchLabels: { 'symphainy.io/monitoring': 'true' } } }], ports: [{ protocol: 'TCP', port: PORT }] };

function networkPolicy({ name, reaches, reachedBy }: Workload): INetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(name),
    spec: {
      podSelector: selects(name),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [SCRAPING, ...reachedBy.map((who) => FROM[who])],
      egress: [DNS, toPods('nats', 4222), toPods('otel-collector', 4318), ...reaches.map((what) => REACH[what])],
    },
  };
}

/** The six objects of a service: what runs, how it is found, as whom, who reaches whom, what may be taken away, how it grows. */
export const objectsOf = (workload: Workload): object[] => [deployment, service, serviceAccount, networkPolicy, disruptionBudget, autoscaler].map((make) => make(workload));

/** deploy/kubernetes/base/<service>.yaml, by path. */
export function kubernetesManifests(): Readonly<Record<string, () => string>> {
  const header = '# Generated from tools/scripts/src/kubernetes-manifests.ts by `npm run generate`; a house rule compares them. Change what differs between places in an overlay.\n';
  const text = (workload: Workload): string => header + objectsOf(workload).map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
  return Object.fromEntries(workloads.map((workload) => [`deploy/kubernetes/base/${workload.name}.yaml`, () => text(workload)]));
}
