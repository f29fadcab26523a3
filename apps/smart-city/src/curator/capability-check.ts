import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { failure, type RegisteredCapability, type SagaRule } from '@symphainy/contracts';
import { platformSteps, sagaProblems } from '@symphainy/governance';
import { hashOf, PlatformError, type Json } from '@symphainy/kernel';
import { everyStep, sagaFaults } from '@symphainy/realm-sdk';

/** Prefixes that no realm is named by, and who may serve them. */
const SHARED = ['cross_realm', 'solution'];
const RESERVED = ['governance', 'runtime'];

/** What is wrong with a registration, where, and how to mend it. */
type Problem = { readonly field: string; readonly message: string; readonly fix: string; readonly rule_id?: string };

/**
 * Refuses (`registration.invalid`) a capability whose parts contradict each other, or whose saga breaks what Conductor demands of everybody's; and says all that is wrong with it,
 * each with its place, in `details.problems`. `at`: its JSON Pointer in the registration.
 */
export function checkCapability(capability: RegisteredCapability, at: string, rules: readonly SagaRule[] = []): void {
  const problems = [...ownerProblems(capability), ...sagaPartProblems(capability), ...stepProblems(capability), ...contractProblems(capability), ...boundProblems(capability, rules)].map((problem) => ({ ...problem, field: `${at}${problem.field}` }));
  if (problems.length === 0) return;
  throw failure('registration.invalid', { message: `${capability.name}: ${problems.map(({ message }) => message).join('; ')}`, field: problems[0]!.field, fix: problems[0]!.fix, details: { problems } });
}

/** One refusal that says what all of them say. */
export function together(refusals: readonly PlatformError[]): PlatformError {
  const [first] = refusals as [PlatformError];
  if (refusals.length === 1) return first;
  const problems = refusals.flatMap(({ details, field = '', message, fix = '' }) => (details?.['problems'] as Problem[] | undefined) ?? [{ field, message, fix }]);
  return new PlatformError({ code: first.code, kind: first.kind, retry: first.retry, message: refusals.map(({ message }) => message).join('; ').slice(0, MESSAGE_MAX), ...(first.field === undefined ? {} : { field: first.field }), ...(first.fix === undefined ? {} : { fix: first.fix }), details: { problems } });
}

const MESSAGE_MAX = 4_000;

const boundProblems = (capability: RegisteredCapability, rules: readonly SagaRule[]): Problem[] =>
  rules.filter((rule) => rule.tenant_id === undefined).flatMap((rule) => sagaProblems(rule, capability)).map(({ rule_id, field, message }) => ({ rule_id, field, message: `${message} (rule ${rule_id})`, fix: 'keep within the rule, or have the platform change it: governance.set_saga_rule' }));

function ownerProblems({ name, realm }: RegisteredCapability): Problem[] {
  const prefix = name.slice(0, name.indexOf('.'));
  const fix = `name it ${realm}.<action>`;
  if (RESERVED.includes(prefix) || RESERVED.includes(realm)) return [{ field: '/name', message: `"${prefix}" is the platform’s own`, fix }];
  return prefix === realm || SHARED.includes(prefix) ? [] : [{ field: '/name', message: `the realm ${realm} serves ${realm}.*, cross_realm.* and solution.* only`, fix }];
}

const sagaPartProblems = ({ handler, saga, saga_hash }: RegisteredCapability): Problem[] => [
  ...(handler === saga.name ? [] : [{ field: '/handler', message: 'the handler is not the saga’s name', fix: `name the handler ${saga.name}` }]),
  ...(hashOf(saga) === saga_hash ? [] : [{ field: '/saga_hash', message: 'the hash is not that of the saga', fix: 'hash the canonical JSON of the saga that is sent' }]),
];

function stepProblems(capability: RegisteredCapability): Problem[] {
  const { saga, children } = capability;
  const faults = sagaFaults(saga.steps).map((fault) => ({ ...fault, field: `/saga${fault.field}` }));
  const strangers = [...everyStep(saga.steps)].flatMap((step) => (step.kind === 'child' && !children.includes(step.intent_type) ? [step] : []));
  return [
    ...faults,
    ...strangers.map(({ name, intent_type }) => ({ field: '/children', message: `${intent_type}, which the step "${name}" submits, is not among its children`, fix: 'list it in children' })),
    ...platformSteps(capability).map(({ field, message }) => ({ field, message, fix: 'have the operation submitted as an intent of its own, by somebody who may' })),
  ];
}

const contractProblems = (capability: RegisteredCapability): Problem[] =>
  (['input_contract', 'output_contract'] as const).flatMap((contract) => {
    const reason = unsoundBecause(capability[contract]);
    return reason === undefined ? [] : [{ field: `/${contract}`, message: `it is no JSON Schema (2020-12): ${reason}`, fix: 'send a schema that compiles' }];
  });

/** Contracts found sound, by hash: each is checked when it is offered and again in the step that records it. */
const soundContracts = new Set<string>();
const SOUND_MAX = 10_000;

/** One for all: making one costs more than compiling a contract. Made when first needed. */
let compiler: Ajv2020 | undefined;

function contractCompiler(): Ajv2020 {
  compiler ??= addFormats(new Ajv2020({ strict: false, allErrors: false, logger: false, formats: { 'data-reference': true } }));
  return compiler;
}

/** Why the runtime could not compile the contract; undefined: it can. */
function unsoundBecause(contract: { [key: string]: Json }): string | undefined {
  const hash = hashOf(contract);
  if (soundContracts.has(hash)) return undefined;
  const ajv = contractCompiler();
  try {
    ajv.compile(contract);
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable';
  } finally {
    // An `$id` of one contract must not meet another's.
    ajv.removeSchema(contract);
  }
  if (soundContracts.size >= SOUND_MAX) soundContracts.clear();
  soundContracts.add(hash);
  return undefined;
}
