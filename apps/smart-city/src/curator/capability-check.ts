import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { failure, type RegisteredCapability, type SagaRule } from '@symphainy/contracts';
import { sagaProblems } from '@symphainy/governance';
import { hashOf, type Json } from '@symphainy/kernel';

/** Prefixes that no realm is named by, and who may serve them. */
const SHARED = ['cross_realm', 'solution'];
const RESERVED = ['governance', 'runtime'];

/** Refuses (`registration.invalid`, naming the field) a capability whose parts contradict each other. `at`: its JSON Pointer in the registration. */
export function checkCapability(capability: RegisteredCapability, at: string): void {
  const refuse = (field: string, message: string): never => {
    throw failure('registration.invalid', { message: `${capability.name}: ${message}`, field: `${at}${field}` });
  };
  checkOwner(capability, refuse);
  if (capability.handler !== capability.saga.name) refuse('/handler', 'the handler is not the saga’s name');
  if (hashOf(capability.saga) !== capability.saga_hash) refuse('/saga_hash', 'the hash is not that of the saga');
  checkSteps(capability, refuse);
  for (const contract of ['input_contract', 'output_contract'] as const) checkContract(capability[contract], (message) => refuse(`/${contract}`, message));
}

/** Refuses (`registration.invalid`) a saga that breaks what Conductor demands of everybody's, and says every break there is. */
export function checkBounds(capability: RegisteredCapability, rules: readonly SagaRule[], at: string): void {
  const problems = rules.filter((rule) => rule.tenant_id === undefined).flatMap((rule) => sagaProblems(rule, capability));
  if (problems.length === 0) return;
  throw failure('registration.invalid', {
    message: `${capability.name}: ${problems.map((p) => `${p.message} (rule ${p.rule_id})`).join('; ')}`,
    field: `${at}${problems[0]!.field}`,
    details: { problems: problems.map((p) => ({ rule_id: p.rule_id, field: `${at}${p.field}`, message: p.message })) },
  });
}

type Refuse = (field: string, message: string) => never;

function checkOwner({ name, realm }: RegisteredCapability, refuse: Refuse): void {
  const prefix = name.slice(0, name.indexOf('.'));
  if (RESERVED.includes(prefix) || RESERVED.includes(realm)) refuse('/name', `"${prefix}" is the platform’s own`);
  if (prefix !== realm && !SHARED.includes(prefix)) refuse('/name', `the realm ${realm} serves ${realm}.*, cross_realm.* and solution.* only`);
}

function checkSteps({ saga, children }: RegisteredCapability, refuse: Refuse): void {
  const before = new Set<string>();
  saga.steps.forEach((step, i) => {
    const at = `/saga/steps/${i}`;
    if (before.has(step.name)) refuse(`${at}/name`, `two steps are named "${step.name}"`);
    for (const needed of step.needs ?? []) if (!before.has(needed)) refuse(`${at}/needs`, `the step "${needed}" does not come before it`);
    if (step.kind === 'child') {
      if (!children.includes(step.intent_type)) refuse(`${at}/intent_type`, `${step.intent_type} is not among its children`);
      if (step.payload_from !== undefined && !before.has(step.payload_from)) refuse(`${at}/payload_from`, `the step "${step.payload_from}" does not come before it`);
    }
    before.add(step.name);
  });
}

/** Contracts found sound, by hash: each is checked when it is offered and again in the step that records it. */
const soundContracts = new Set<string>();
const SOUND_MAX = 10_000;

/** One for all: making one costs more than compiling a contract. Made when first needed. */
let compiler: Ajv2020 | undefined;

function contractCompiler(): Ajv2020 {
  compiler ??= addFormats(new Ajv2020({ strict: false, allErrors: false, logger: false, formats: { 'data-reference': true } }));
  return compiler;
}

/** Compiles the contract as the runtime will, so that no registered contract can fail there. */
function checkContract(contract: { [key: string]: Json }, refuse: (message: string) => never): void {
  const hash = hashOf(contract);
  if (soundContracts.has(hash)) return;
  const ajv = contractCompiler();
  try {
    ajv.compile(contract);
  } catch (error) {
    refuse(`it is no JSON Schema (2020-12): ${error instanceof Error ? error.message : 'unreadable'}`);
  } finally {
    // An `$id` of one contract must not meet another's.
    ajv.removeSchema(contract);
  }
  if (soundContracts.size >= SOUND_MAX) soundContracts.clear();
  soundContracts.add(hash);
}
