import { failure, type AccessAnswer, type AccessQuestion, type AccessSearch, type Caller, type PolicyExplanation, type RecordedExplanation, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { answerAccess, explainPolicy, sameDecision, searchAccess, usersOf, type CompiledBundle } from '@symphainy/governance';
import { hashOf } from '@symphainy/kernel';
import { z } from 'zod';
import type { WalReader } from '../acceptance/log.ports.js';
import { cursorOf, placeOf } from '../state-surface/cursor.js';
import type { DecidingBundles } from './deciding-bundles.js';
import { demandLeave, type Refuse } from './leave.js';
import { decisionIn, requestRecorded } from './recorded-decision.js';
import { actionsOn, isRecordedType, type RecordedQuestions, type RecordedType } from './recorded-questions.js';

export interface PolicyQuestionsParts {
  readonly reader: WalReader;
  readonly bundles: DecidingBundles;
  /** The bundle in force; throws `policy.no_bundle`. */
  readonly current: () => CompiledBundle;
  readonly refuse: Refuse;
  readonly recorded: RecordedQuestions;
}

/** Where a page of a search begins, and which search it is. */
const place = z.tuple([z.array(z.union([z.string(), z.number()])).max(3), z.string()]);
type Place = z.infer<typeof place>[0];
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
      const answer = await this.answer(current, caller, question);
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
    const [from, of] = placeOf(token === '' ? undefined : token, place, '/page/token') ?? [[], name];
    if (of !== name) throw failure('request.invalid', { field: '/page/token', message: 'the token is of another search', fix: 'ask for the next page with everything else as it was' });
    const { results, next, total } = await this.found(current, caller, search, from, limit);
    return { results, page: { next_token: next === undefined ? '' : cursorOf([next, name]), count: results.length, ...(total === undefined ? {} : { total }) } };
  }

  /** Of what was recorded a page is looked for, which the answer to each tells; all else is known at once. */
  private async found(current: CompiledBundle, caller: Caller, search: AccessSearch, from: Place, limit: number): Promise<{ results: Record<string, string>[]; next?: Place | undefined; total?: number }> {
    const { recorded } = this.parts;
    if (search.open === 'resource' && isRecordedType(search.resource.type)) {
      const { type } = search.resource;
      return recorded.search(caller.tenant_id, type, { from, limit }, async (id) => (await this.answer(current, caller, { ...search, resource: { ...search.resource, id } })).decision);
    }
    const found = search.open !== 'resource' && isRecordedType(search.resource.type) ? await this.onRecorded(current, caller, search, search.resource.type) : searchAccess(current, caller.tenant_id, search, this.asker(caller, search));
    const start = typeof from[0] === 'number' ? from[0] : 0;
    const results = found.slice(start, start + limit);
    return { results, total: found.length, next: start + results.length < found.length ? [start + results.length] : undefined };
  }

  /** Who may do this to something that was recorded, or what may be done to it. */
  private async onRecorded(current: CompiledBundle, caller: Caller, search: Exclude<AccessSearch, { open: 'resource' }>, type: RecordedType): Promise<Record<string, string>[]> {
    const found: Record<string, string>[] = [];
    if (search.open === 'action') {
      for (const name of actionsOn(type)) if ((await this.answer(current, caller, { ...search, action: { name } })).decision) found.push({ name });
    } else if (search.subject.type === 'user') {
      for (const id of usersOf(current, caller.tenant_id)) if ((await this.answer(current, caller, { ...search, subject: { ...search.subject, id } })).decision) found.push({ type: 'user', id });
    }
    return found;
  }

  private answer(current: CompiledBundle, caller: Caller, question: AccessQuestion): Promise<AccessAnswer> {
    const asker = this.asker(caller, question);
    return isRecordedType(question.resource.type) ? this.parts.recorded.answer(current, caller.tenant_id, question, asker) : Promise.resolve(answerAccess(current, caller.tenant_id, question, asker));
  }

  async explain({ caller, request }: SubjectRequest<'runtime.policy.explain'>): Promise<PolicyExplanation> {
    const current = this.parts.current();
    const { user_id = caller.user_id, intent_type, action, classifications, references, own_targets, second_person, granted } = request;
    const isOwn = user_id === caller.user_id && request.roles === undefined && request.auth === undefined;
    if (!isOwn) await demandLeave(this.parts.refuse, current, caller, 'evaluate_access');
    const capability = current.capability(intent_type);
    if (capability === undefined) throw failure('intent.unknown', { message: `no capability serves ${intent_type}`, field: '/intent_type' });
    const asked = isOwn ? caller : { tenant_id: caller.tenant_id, user_id, roles: request.roles ?? [], auth: request.auth ?? ('jwt' as const) };
    return explainPolicy(current, { caller: asked, capability, action, data: { classifications, references }, session_user_id: request.session_user_id ?? user_id, own_targets, ...(second_person === undefined ? {} : { second_person }), granted });
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

  /** Who asks about themselves is judged as they were authenticated. */
  private asker(caller: Caller, asked: { readonly subject: Partial<AccessQuestion['subject']> }): Caller | undefined {
    return this.isOwn(caller, asked) ? caller : undefined;
  }

  /** A question about the asker alone, whose roles are told by nobody else. */
  private isOwn({ user_id }: SubjectRequest<'runtime.access.evaluate'>['caller'], { subject }: { readonly subject: Partial<AccessQuestion['subject']> }): boolean {
    return subject.type === 'user' && subject.id === user_id && subject.properties === undefined;
  }
}
