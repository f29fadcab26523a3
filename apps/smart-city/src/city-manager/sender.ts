import { failure, NO_REALM, type Plane, type SubjectRequest } from '@symphainy/contracts';

type Registration = SubjectRequest<'smart-city.register.{service}.{realm}'>;
type Report = SubjectRequest<'smart-city.health.{service}'>;

/** Services that are no realm, by name. Whoever else speaks is a realm's. */
const PLANES: Readonly<Record<string, Plane>> = { 'experience-gateway': 'gateway', runtime: 'runtime', 'smart-city': 'smart-city' };

/**
 * The registration, if it says of its sender what the bus says: the bus lets a service publish under its own name and realm alone, so the
 * subject is to be believed and the message is not. Throws `registration.invalid`.
 */
export function verifySender(request: Registration, subject: string): Registration {
  const [, , service, realm] = subject.split('.');
  const told = { service: request.service, realm: request.realm ?? NO_REALM, plane: request.plane };
  const plane = PLANES[service!] ?? 'realm';
  const wrong = told.service !== service ? 'service' : told.realm !== realm ? 'realm' : told.plane !== plane ? 'plane' : undefined;
  if (wrong !== undefined) throw failure('registration.invalid', { message: `a service registers as itself: ${wrong} is not the sender's`, field: `/${wrong}` });
  return request;
}

/** The same of a health report. */
export function verifyReporter(report: Report, subject: string): Report {
  if (report.service !== subject.split('.')[2]) throw failure('registration.invalid', { message: 'a service reports its own health', field: '/service' });
  return report;
}
