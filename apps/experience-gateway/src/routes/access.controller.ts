import { Controller, Inject, Req } from '@nestjs/common';
import { accessQuestion, failure, type AccessAnswer, type AccessSearch, type Caller, type PolicyExplanation, type RecordedExplanation, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { check } from '../http/input.js';
import { Checked, type Input, Serves } from '../http/operation.js';
import { inOrder, questionsOf } from './access-batch.js';
import { type authzenConfiguration, configurationAt, evaluateAccess, evaluateAccesses, explainDecision, explainPolicy, readAuthzen, searchActions, searchResources, searchSubjects } from './access.operations.js';

type Found = SubjectReply<'runtime.access.search'>;

/** Questions to policy, which the Runtime answers from the bundle it holds: AuthZEN 1.0, and explanations. */
@Controller()
export class AccessController {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(readAuthzen)
  configuration(@Req() request: FastifyRequest): z.infer<typeof authzenConfiguration> {
    return configurationAt(`${request.protocol}://${request.host}`);
  }

  @Serves(evaluateAccess)
  evaluate(@Checked(evaluateAccess) { auth, body }: Input<typeof evaluateAccess>): Promise<AccessAnswer> {
    return this.one(auth.caller, body);
  }

  @Serves(evaluateAccesses)
  async evaluateMany(@Checked(evaluateAccesses) { auth, body }: Input<typeof evaluateAccesses>): Promise<AccessAnswer | { evaluations: AccessAnswer[] }> {
    if (body.evaluations === undefined || body.evaluations.length === 0) return this.one(auth.caller, check(accessQuestion, body, ''));
    const semantic = body.options?.evaluations_semantic ?? 'execute_all';
    const asked = questionsOf(body);
    const { answers } = await this.ask(auth.caller, asked.flatMap((one) => ('question' in one ? [one.question] : [])), semantic);
    return { evaluations: inOrder(asked, answers, semantic) };
  }

  @Serves(searchSubjects)
  subjects(@Checked(searchSubjects) { auth, body }: Input<typeof searchSubjects>): Promise<Found> {
    return this.search(auth.caller, { ...body, open: 'subject' });
  }

  @Serves(searchResources)
  resources(@Checked(searchResources) { auth, body }: Input<typeof searchResources>): Promise<Found> {
    return this.search(auth.caller, { ...body, open: 'resource' });
  }

  @Serves(searchActions)
  actions(@Checked(searchActions) { auth, body }: Input<typeof searchActions>): Promise<Found> {
    return this.search(auth.caller, { ...body, open: 'action' });
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

  private search(caller: Caller, search: AccessSearch): Promise<Found> {
    return this.host.channels.request('runtime.access.search', {}, { caller, search });
  }
}
