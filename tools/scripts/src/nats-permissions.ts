import { NO_REALM, patternFor, subjects, type Plane, type Subject, type SubjectEntry } from '@symphainy/contracts';

/** One NATS user per service. A realm's service is pinned to the subjects of its realms. */
export interface BusUser {
  readonly name: string;
  readonly plane: Plane;
  /** Values its `{realm}` token may take. */
  readonly realms?: readonly string[];
}

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export const busUsers: readonly BusUser[] = [
  { name: 'experience-gateway', plane: 'gateway' },
  { name: 'runtime', plane: 'runtime' },
  { name: 'smart-city', plane: 'smart-city' },
  { name: 'realm-content', plane: 'realm', realms: ['content'] },
  { name: 'realm-insights', plane: 'realm', realms: ['insights'] },
  { name: 'realm-journey', plane: 'realm', realms: ['journey'] },
  { name: 'realm-solution', plane: 'realm', realms: ['solution'] },
];

const fill = (subject: string, tokens: Readonly<Record<string, string>>): string => patternFor(subject as Subject, tokens as never);

/** `{realm}` of a subject that a realm takes is its own; every other token may be anything. */
const heard = (subject: string, { realms }: BusUser): string[] => (realms !== undefined && subject.includes('{realm}') ? realms.map((realm) => fill(subject, { realm })) : [fill(subject, {})]);

/** Besides, who names itself in a subject (`{service}`) says its own name and its own realm, or none. */
function said(subject: string, user: BusUser): string[] {
  if (!subject.includes('{service}')) return heard(subject, user);
  const realms = subject.includes('{realm}') ? (user.realms ?? [NO_REALM]) : [''];
  return realms.map((realm) => fill(subject, { service: user.name, realm }));
}

const inboxOf = (user: BusUser): string => `_INBOX_${user.name}.>`;

/** Inboxes of those who may ask this user: a plane that takes requests may answer the planes that send them, and nobody else. */
function answerable(user: BusUser, catalogue: Readonly<Record<string, SubjectEntry>>): string[] {
  const askers = new Set(Object.values(catalogue).flatMap((entry) => (entry.consumer === user.plane && entry.reply !== undefined ? entry.publisher : [])));
  return busUsers.filter((other) => askers.has(other.plane)).map(inboxOf);
}

/** What the catalogue lets a user do. Answers go to the asker's inbox, which only the asker may read. */
export function permissionsOf(user: BusUser, catalogue: Readonly<Record<string, SubjectEntry>> = subjects): Permissions {
  const entries = Object.entries(catalogue);
  return {
    publish: [...entries.filter(([, entry]) => entry.publisher.includes(user.plane)).flatMap(([subject]) => said(subject, user)), ...answerable(user, catalogue)],
    subscribe: [inboxOf(user), ...entries.filter(([, entry]) => entry.consumer === user.plane).flatMap(([subject]) => heard(subject, user))],
  };
}

/** `realm-content` → `REALM_CONTENT`: the variable that holds its permissions, and the stem of its password's. */
export const variableOf = (user: BusUser): string => user.name.toUpperCase().replaceAll('-', '_');

const list = (subjectList: readonly string[]): string => subjectList.map((subject) => `\n      "${subject}"`).join('');

function block(user: BusUser): string {
  const { publish, subscribe } = permissionsOf(user);
  return `${variableOf(user)} = {\n  publish = {\n    allow = [${list(publish)}\n    ]\n  }\n  subscribe = {\n    allow = [${list(subscribe)}\n    ]\n  }\n}\n`;
}

/** deploy/nats/permissions.conf: one variable per user, for `nats.conf` to include. */
export function renderNatsPermissions(): string {
  const header = '# Generated from libs/contracts/src/subjects.ts by `npm run generate`; a house rule compares them. Do not edit.\n# Default deny: a subject that is not listed is neither published nor subscribed to.\n\n';
  return header + busUsers.map(block).join('\n');
}
