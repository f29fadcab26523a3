import type { CedarPolicy } from '@symphainy/contracts';

const OPERATORS_ONLY = ['approve', 'skip_compensation', 'resolve_effect', 'terminate', 'adopt', 'schedule'] as const;

/** Security Guard's standing answers on operations: operators operate; everybody else at most on what is his own, and never where two pairs of eyes are wanted. */
export const operationPolicies: readonly CedarPolicy[] = [
  { id: 'platform.operators-operate', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource in Realm::"runtime") when { principal.roles.contains("operator") && context.own_session };' },
  {
    id: 'platform.others-executions',
    role: 'security_guard',
    text: '@reason("operating on executions of others is for operators")\nforbid(principal, action == Action::"submit", resource in Realm::"runtime") unless { context.own_targets || principal.roles.contains("operator") };',
  },
  // One policy each: a policy whose scope names its capability costs other intents nothing.
  ...OPERATORS_ONLY.map((name): CedarPolicy => ({
    id: `platform.operators-only-${name.replace('_', '-')}`,
    role: 'security_guard',
    text: `@reason("this operation is for operators")\nforbid(principal, action == Action::"submit", resource == Capability::"runtime.${name}") unless { principal.roles.contains("operator") };`,
  })),
];
