import type { Plane, Receiver, SubjectEntry } from '@symphainy/contracts';

/** The arrows of the design, replies aside; the value says what travels. */
const ARROWS: Readonly<Record<string, string>> = {
  'gateway → runtime': 'intents and reads',
  'runtime → realm': 'steps, external data to open',
  'runtime → smart-city': 'governance steps, committed records, registration',
  'realm → runtime': 'outcomes, hydration, tools',
  'runtime → gateway': 'committed records',
  'runtime → runtime': 'commands to the instance that owns a stream',
  'smart-city → runtime': 'bundles, intents under its own identity, outcomes of its steps',
  'smart-city → gateway': 'verification keys, revocations',
  'smart-city → subscriber': 'events that a tenant subscribed to',
  'gateway → smart-city': 'registration and health',
  'realm → smart-city': 'registration and health',
  'smart-city → smart-city': 'its own registration and health',
};

/** What any service may say to Smart City: that it is there, and how it is. Nothing else goes from gateway or realm to it. */
const GREETINGS = /^smart-city\.(register\.\{service\}\.\{realm\}|health\.\{service\})$/;

function arrowProblem(subject: string, publisher: Plane, consumer: Receiver): string[] {
  const arrow = `${publisher} → ${consumer}`;
  if (ARROWS[arrow] === undefined) return [`${subject}: ${arrow} is no arrow of the design`];
  if (consumer === 'smart-city' && publisher !== 'runtime' && !GREETINGS.test(subject)) return [`${subject}: ${publisher} may only register with Smart City and tell its health`];
  return [];
}

/** Messages are invisible to import lint: the graph of planes that the catalogue draws allows only the design's arrows. */
export function checkFlow(catalogue: Readonly<Record<string, SubjectEntry>>): string[] {
  return Object.entries(catalogue).flatMap(([subject, { publisher, consumer }]) => publisher.flatMap((plane) => arrowProblem(subject, plane, consumer)));
}

/** Two subjects that one message could match would leave its consumer to chance. */
export function checkOverlaps(subjects: readonly string[]): string[] {
  const parts = (subject: string): string[] => subject.split('.');
  const wild = (token: string | undefined): boolean => token?.startsWith('{') ?? false;
  const meet = (a: string, b: string): boolean => parts(a).length === parts(b).length && parts(a).every((token, index) => token === parts(b)[index] || wild(token) || wild(parts(b)[index]));
  return subjects.flatMap((a, index) => subjects.slice(index + 1).filter((b) => meet(a, b)).map((b) => `${a} and ${b} can match the same message`));
}
