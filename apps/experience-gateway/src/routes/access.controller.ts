import { Controller, Inject, Req, Res } from '@nestjs/common';
import { accessQuestion, failure, type AccessAnswer, type AccessSearch, type Caller, type PolicyExplanation, type RecordedExplanation, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { check } from '../http/input.js';
import { Checked, type Input, Serves } from '../http/operation.js';
import { type authzenConfiguration, configurationAt, evaluateAccess, evaluateAccesses, explainDecision, explainPolicy, readAuthzen, searchActions, searchResources, searchSubjects } from './access.operations.js';

type Found = SubjectReply<'runtime.access.search'>;
type Batch = Input<typeof evaluateAccesses>['body'];

/** Questions to policy, which the Runtime answers from the bundle it holds: AuthZEN 1.0, and explanations. */
@Controller()
export class AccessController {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(readAuthzen)
  configuration(@Req() request: FastifyRequest): z.infer<typeof authzenConfiguration> {
    return configurationAt(`${request.protocol}://${request.host}`);
  }

  @Serves(evaluateAccess)
  evaluate(@Checked(evaluateAccess) { auth, body }: Input<typeof evaluateAccess>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<AccessAnswer> {
    echo(request, reply);
    return this.one(auth.caller, body);
  }

  @Serves(evaluateAccesses)
  async evaluateMany(@Checked(evaluateAccesses) { auth, body }: Input<typeof evaluateAccesses>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<AccessAnswer | { evaluations: AccessAnswer[] }> {
    echo(request, reply);
    if (body.evaluations === undefined || body.evaluations.length === 0) return this.one(auth.caller, check(accessQuestion, body, ''));
    const { answers } = await this.ask(auth.caller, questionsOf(body), body.options?.evaluations_semantic ?? 'execute_all');
    return { evaluations: answers };
  }

  @Serves(searchSubjects)
  subjects(@Checked(searchSubjects) { auth, body }: Input<typeof searchSubjects>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Found> {
    return this.search(auth.caller, { ...body, open: 'subject' }, request, reply);
  }

  @Serves(searchResources)
  resources(@Checked(searchResources) { auth, body }: Input<typeof searchResources>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Found> {
    return this.search(auth.caller, { ...body, open: 'resource' }, request, reply);
  }

  @Serves(searchActions)
  actions(@Checked(searchActions) { auth, body }: Input<typeof searchActions>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Found> {
    return this.search(auth.caller, { ...body, open: 'action' }, request, reply);
  }

  @Serves(explainPolicy)
  explain(@Checked(explainPolicy) { auth, body }: Input<typeof explainPolicy>): Promise<PolicyExplanation> {
    return this.host.channels.request('runtime.policy.explain', {}, { caller: auth.caller, request: body });
  }

  @Serves(explainDecision)
  decision(@Checked(explainDecision) { auth, params }: Input<typeof explainDecision>): Promise<RecordedExplanation> {
    return this.host.channels.request('runtime.decision.explain', {}, { caller: auth.caller, ...params });
  }

  private async one(caller: Caller, question: SubjectRequest<'runtime.access.evaluate'>['questions'][number]): Promise<AccessAnswer> {
    const { answers: [answer] } = await this.ask(caller, [question], 'execute_all');
    if (answer === undefined) throw failure('platform.internal', { message: 'a question was left without an answer' });
    return answer;
  }

  private ask(caller: Caller, questions: SubjectRequest<'runtime.access.evaluate'>['questions'], semantic: SubjectRequest<'runtime.access.evaluate'>['semantic']): Promise<SubjectReply<'runtime.access.evaluate'>> {
    return this.host.channels.request('runtime.access.evaluate', {}, { caller, questions, semantic });
  }

  private search(caller: Caller, search: AccessSearch, request: FastifyRequest, reply: FastifyReply): Promise<Found> {
    echo(request, reply);
    return this.host.channels.request('runtime.access.search', {}, { caller, search });
  }
}

/** What one question leaves out it takes from the top (AuthZEN 1.0, section 7.1.1). */
const questionsOf = ({ evaluations = [], subject, action, resource, context }: Batch): SubjectRequest<'runtime.access.evaluate'>['questions'] =>
  evaluations.map((one, i) => check(accessQuestion, { ...given({ subject, action, resource, context }), ...given(one) }, `/evaluations/${i}`));

const given = (parts: object): object => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));

const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** Section 10.1.3: a request's own id comes back. */
function echo(request: FastifyRequest, reply: FastifyReply): void {
  const id = request.headers['x-request-id'];
  if (typeof id === 'string' && REQUEST_ID.test(id)) reply.header('x-request-id', id);
}
