/**
 * An execution as a W3C PROV document in PROV-JSON (https://www.w3.org/submissions/prov-json/): artifacts, its intent and its decision are entities, execution and steps activities, who asked and what
 * ran agents.
 */
import type { Artifact } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { sourcesOf } from './graph-records.js';
import type { AccountedStep, ExecutionAccount } from './execution-account.js';

type Members = { [id: string]: Json };
type Relation = 'wasGeneratedBy' | 'used' | 'wasDerivedFrom' | 'wasAssociatedWith' | 'actedOnBehalfOf' | 'wasStartedBy' | 'wasInformedBy' | 'wasAttributedTo';

export function provOf(account: ExecutionAccount): Json {
  const document = new ProvDocument(account.tenantId);
  const { execution, agent } = document.execution(account);
  for (const step of account.steps) document.step(account, step, execution, agent);
  return document.json();
}

class ProvDocument {
  private readonly entities: Members = {};
  private readonly activities: Members = {};
  private readonly agents: Members = {};
  private readonly relations: { [R in Relation]?: Members } = {};
  private relationCount = 0;

  constructor(private readonly tenantId: string) {}

  execution({ executionId, acceptance, end }: ExecutionAccount): { execution: string; agent: string } {
    const { received, evaluated } = acceptance;
    const [execution, intent, decision, agent] = [`run:${executionId}`, `intent:${executionId}`, `decision:${executionId}`, `user:${encodeURIComponent(received.caller.user_id)}`];
    this.activities[execution] = { 'prov:type': typed('sym:Execution'), 'sym:capability': received.intent.intent_type, 'prov:startTime': received.at, ...(end === undefined ? {} : { 'prov:endTime': end.at, 'sym:outcome': end.how }) };
    this.entities[intent] = { 'prov:type': typed('sym:Intent'), 'sym:intent_type': received.intent.intent_type, 'sym:session': received.intent.session_id, 'sym:correlation': received.correlation_id };
    this.agents[agent] = { 'prov:type': typed('prov:Person') };
    this.relate('wasAttributedTo', { 'prov:entity': intent, 'prov:agent': agent });
    this.relate('wasStartedBy', { 'prov:activity': execution, 'prov:trigger': intent, 'prov:time': received.at });
    if (received.parent !== undefined) this.relate('wasInformedBy', { 'prov:informed': execution, 'prov:informant': `step:${received.parent.execution_id}/${received.parent.step}` });
    if (received.parent !== undefined) this.activities[`step:${received.parent.execution_id}/${received.parent.step}`] = { 'prov:type': typed('sym:Step') };
    if (evaluated === undefined) return { execution, agent };
    const { decision: verdict, bundle_hash, bundle_version, verdicts } = evaluated.decision;
    this.entities[decision] = { 'prov:type': [typed('sym:PolicyDecision'), typed('prov:Plan')], 'sym:decision': verdict, 'sym:bundle_hash': bundle_hash, 'sym:bundle_version': bundle_version, 'sym:policies': verdicts.flatMap((one) => one.policies) };
    this.relate('wasAssociatedWith', { 'prov:activity': execution, 'prov:agent': agent, 'prov:plan': decision });
    return { execution, agent };
  }

  step(account: ExecutionAccount, step: AccountedStep, execution: string, user: string): void {
    const activity = `step:${account.executionId}/${step.step}`;
    this.activities[activity] = { 'prov:type': typed('sym:Step'), 'prov:startTime': step.startedAt, ...(step.endedAt === undefined ? {} : { 'prov:endTime': step.endedAt }), ...(step.failed === undefined ? {} : { 'sym:failed': step.failed }) };
    this.relate('wasInformedBy', { 'prov:informed': activity, 'prov:informant': execution });
    if (step.build !== undefined) this.ran(activity, `build:${encodeURIComponent(step.build)}`, user, step.model);
    for (const [id, at] of step.used) this.relate('used', { 'prov:activity': activity, 'prov:entity': this.source(account, id), 'prov:time': at });
    for (const artifact of step.made) this.made(account, activity, artifact, step.endedAt);
  }

  /** Software that acts for whoever asked. */
  private ran(activity: string, build: string, user: string, model: string | undefined): void {
    this.agents[build] = { 'prov:type': typed('prov:SoftwareAgent'), ...(model === undefined ? {} : { 'sym:model': model }) };
    this.relate('wasAssociatedWith', { 'prov:activity': activity, 'prov:agent': build });
    this.relate('actedOnBehalfOf', { 'prov:delegate': build, 'prov:responsible': user, 'prov:activity': activity });
  }

  private made(account: ExecutionAccount, activity: string, artifact: Artifact, at: string | undefined): void {
    const entity = this.artifact(artifact);
    this.relate('wasGeneratedBy', { 'prov:entity': entity, 'prov:activity': activity, ...(at === undefined ? {} : { 'prov:time': at }) });
    for (const source of sourcesOf(artifact)) this.relate('wasDerivedFrom', { 'prov:generatedEntity': entity, 'prov:usedEntity': this.source(account, source), 'prov:activity': activity });
  }

  private artifact({ artifact_id, artifact_type, media_type, content_hash, classification, external }: Artifact): string {
    const id = `artifact:${artifact_id}`;
    this.entities[id] = {
      'prov:type': typed('sym:Artifact'), 'sym:artifact_type': artifact_type, 'sym:media_type': media_type, 'sym:sha256': content_hash,
      ...(classification === undefined ? {} : { 'sym:classification': classification }), ...(external === undefined ? {} : { 'prov:location': `${external.binding}/${external.name}` }),
    };
    return id;
  }

  private source(account: ExecutionAccount, id: string): string {
    const known = account.sources.get(id);
    if (known !== undefined) return this.artifact(known);
    this.entities[`artifact:${id}`] ??= { 'prov:type': typed('sym:Artifact') };
    return `artifact:${id}`;
  }

  private relate(relation: Relation, members: Members): void {
    (this.relations[relation] ??= {})[`_:${relation}${++this.relationCount}`] = members;
  }

  json(): Json {
    const base = `urn:symphainy:${this.tenantId}`;
    const prefix = { prov: 'http://www.w3.org/ns/prov#', xsd: 'http://www.w3.org/2001/XMLSchema#', sym: 'urn:symphainy:terms:', ...Object.fromEntries(['run', 'intent', 'decision', 'user', 'step', 'build', 'artifact'].map((kind) => [kind, `${base}:${kind}:`])) };
    return { prefix, entity: this.entities, activity: this.activities, agent: this.agents, ...this.relations } as Json;
  }
}

const typed = (name: string): Json => ({ $: name, type: 'prov:QUALIFIED_NAME' });
