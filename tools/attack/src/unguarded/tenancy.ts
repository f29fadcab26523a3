/** Preloaded into a gateway under proof: whoever has a good key of globex is taken for somebody of acme. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const load = createRequire(__filename);

const verifier = load(join(__dirname, '..', '..', '..', '..', 'apps', 'experience-gateway', 'dist', 'auth', 'api-key.verifier.js')) as { verifyApiKey: (...given: unknown[]) => { caller: { tenant_id: string } } };
const honest = verifier.verifyApiKey;

verifier.verifyApiKey = (...given) => {
  const found = honest(...given);
  return found.caller.tenant_id === 'globex' ? { ...found, caller: { ...found.caller, tenant_id: 'acme' } } : found;
};
