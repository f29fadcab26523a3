import { failure, type AccessQuestion, type PolicyExplanation, type RecordedExplanation, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { answerAccess, explainPolicy, sameDecision, searchAccess, type CompiledBundle } from '@symphainy/governance';
import { hashOf } from '@symphainy/kernel';
import { z } from 'zod';
import type { WalReader } from '../acceptance/log.ports.js';
import { cursorOf, placeOf } from '../state-surface/cursor.js';
import type { DecidingBundles } from './deciding-bundles.js';
import { demandLeave, type Refuse } from './leave.js';
import { decisionIn, requestRecorded } from './recorded-decision.js';

export interface PolicyQuestionsParts {
  readonly reader: WalReader;
  readonly bundles: DecidingBundles;
  /** The bundle in force; throws `policy.no_bundle`. */
  readonly current: () => CompiledBundle;
  readonly refuse: Refuse;
}

/** Where a page of a search begins, and which search it is. */
const place = z.tuple([z.number().int().min(0), z.string()]);
const DEFAULT_LIMIT = 100;
const LIMIT_MAX = 1000;

/** Questions to policy: AuthZEN, explanations, the grants that hold. Answered from bundles alone; nothing is recorded but refusals. */
export class PolicyQuestions {
  constructor(private readonly parts: PolicyQuestionsParts) {}

  async evaluate({ caller, questions, semantic }: SubjectRequest<'runtime.access.evaluate'>): Promise<SubjectReply<'runtime.access.evaluate'>> {
    const current = this.parts.current();
    if (!questions.every((question) => this.isOwn(caller, question))) await demandLeave(this.parts.refuse, current, caller, 'evaluate_access');
    const answers: SubjectReply<'runtime.access.evaluate'>['answers'] = [];
    for (const question of questions) {
      const answer = answerAccess(current, caller.tenant_id, this.isOwn(caller, question) ? withRoles(question, caller) : question);
      answers.push(answer);
      if ((semantic === 'deny_on_first_deny' && !answer.decision) || (semantic === 'permit_on_first_permit' && answer.decision)) break;
    }
    return { answers };
  }

  async search({ caller, search }: SubjectRequest<'runtime.access.search'>): Promise<SubjectReply<'runtime.access.search'>> {
    const current = this.parts.current();
    if (search.open === 'subject' || !this.isOwn(caller, search)) await demandLeave(this.parts.refuse, current, caller, 'evaluate_access');
    const { token, limit: wanted = DEFAULT_LIMIT } = search.page ?? {};
    const limit = Math.min(wanted, LIMIT_MAX);
    const { page: _, ...asked } = search;
    const name = hashOf(asked).slice(0, 16);
    const [from, of] = placeOf(token === '' ? undefined : token, place, '/page/token') ?? [0, name];
    if (of !== name) throw failure('request.invalid', { field: '/page/token', message: 'the token is of another search', fix: 'ask for the next page with everything else as it was' });
    const found = searchAccess(current, caller.tenant_id, search.open !== 'subject' && this.isOwn(caller, search) ? withRoles(search, caller) : search);
    const results = found.slice(from, from + limit);
    const end = from + results.length;
    return { results, page: { next_token: end < found.length ? cursorOf([end, name]) : '', count: results.length, total: found.length } };
  }

  async explain({ caller, request }: SubjectRequest<'runtime.policy.explain'>): Promise<PolicyExplanation> {
    const current = this.parts.current();
    const { user_id = caller.user_id, intent_type, action, classifications, references, own_targets, granted } = request;
    const isOwn = user_id === caller.user_id && request.roles === undefined && request.auth === undefined;
    if (!isOwn) await demandLeave(this.parts.refuse, current, caller, 'evaluate_access');
    const capability = current.capability(intent_type);
    if (capability === undefined) throw failure('intent.unknown', { message: `no capability serves ${intent_type}`, field: '/intent_type' });
    const asked = isOwn ? caller : { tenant_id: caller.tenant_id, user_id, roles: request.roles ?? [], auth: request.auth ?? ('jwt' as const) };
    return explainPolicy(current, { caller: asked, capability, action, data: { classifications, references }, session_user_id: request.session_user_id ?? user_id, own_targets, granted });
  }

  async explainRecorded({ caller, execution_id }: SubjectRequest<'runtime.decision.explain'>): Promise<RecordedExplanation> {
    const [first] = await this.parts.reader.readStream(caller.tenant_id, execution_id, 0, 1);
    if (first?.kind !== 'execution') throw failure('execution.not_found');
    const records = decodeBody(first.body);
    const refusal = records.find((record) => record.type === 'intent_rejected')?.error;
    const told = refusal === undefined ? {} : { error: { code: refusal.code, message: refusal.message } };
    const recorded = decisionIn(records);
    if (recorded === undefined) return { execution_id, ...told };
    const { decision } = recorded.evaluated;
    const bundle = await this.parts.bundles.compiled(decision.bundle_hash);
    const capability = bundle.capability(recorded.received.intent.intent_type);
    if (capability === undefined) throw failure('policy.bundle_invalid', { message: `bundle ${decision.bundle_hash} holds no ${recorded.received.intent.intent_type}` });
    const explanation = explainPolicy(bundle, requestRecorded(recorded, capability));
    return { execution_id, explanation, reproduced: sameDecision(explanation.decision, decision), ...told };
  }

  grants({ caller, status, action, user_id }: SubjectRequest<'runtime.grant.list'>): Promise<SubjectReply<'runtime.grant.list'>> {
    const grants = (this.parts.current().bundle.grants ?? []).filter(
      (grant) => grant.tenant_id === caller.tenant_id && (status === undefined || grant.status === status) && (action === undefined || grant.actions.includes(action)) && (user_id === undefined || grant.user_id === user_id),
    );
    return Promise.resolve({ grants: grants.sort((a, b) => (a.requested_at < b.requested_at ? 1 : -1)) });
  }

  /** A question about the asker alone, whose roles are told by nobody else. */
  private isOwn({ user_id }: SubjectRequest<'runtime.access.evaluate'>['caller'], { subject }: { readonly subject: Partial<AccessQuestion['subject']> }): boolean {
    return subject.type === 'user' && subject.id === user_id && subject.properties === undefined;
  }
}

/** The asker's own roles, as the gateway established them. */
const withRoles = <Q extends { readonly subject: AccessQuestion['subject'] }>(question: Q, { roles }: SubjectRequest<'runtime.access.evaluate'>['caller']): Q => ({ ...question, subject: { ...question.subject, properties: { roles } } });
