import { policySetTextToParts } from '@cedar-policy/cedar-wasm/nodejs';
import { cedarPolicy, failure, verdictRole, type CedarPolicy } from '@symphainy/contracts';
import { parsePolicy } from './cedar-schema.js';

/**
 * The policies of a file as their authors write them: Cedar text, each policy with `@id("…")`, and `@role("…")` when it is not Security Guard's.
 * `source` names the file in errors (`governance.invalid`).
 */
export function readPolicyText(text: string, source: string): CedarPolicy[] {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') throw failure('governance.invalid', { message: `${source}: ${parts.errors.map((error) => error.message).join('; ')}`, field: source });
  return parts.policies.map((policy) => annotated(policy, source));
}

function annotated(text: string, source: string): CedarPolicy {
  const annotations = parsePolicy({ id: source, role: 'security_guard', text }).annotations ?? {};
  const [id, role] = [annotations['id'], verdictRole.safeParse(annotations['role'] ?? 'security_guard')];
  if (!id) throw failure('governance.invalid', { message: `${source}: a policy has no @id("…")`, field: source, fix: 'begin each policy with @id("a-name-of-its-own")' });
  if (!role.success) throw failure('governance.invalid', { message: `${source}: policy ${id} has an unknown @role`, field: source, fix: `use one of ${verdictRole.options.join(', ')}` });
  return cedarPolicy.parse({ id, role: role.data, text });
}
