/** Preloaded into a runtime under proof: any execution token is as good as any other, for any attempt. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const load = createRequire(__filename);

const dist = join(__dirname, '..', '..', '..', '..', 'apps', 'runtime', 'dist');

interface Tokens {
  verify(token: string): { readonly writer: string };
}
interface Live {
  mayAct(): boolean;
}

const { ExecutionTokens } = load(join(dist, 'dispatch', 'execution-tokens.js')) as { ExecutionTokens: { prototype: Tokens & { writer: string } } };
const { LiveExecution } = load(join(dist, 'engine', 'live-execution.js')) as { LiveExecution: { prototype: Live } };

ExecutionTokens.prototype.verify = function verify(this: { writer: string }) {
  return { writer: this.writer };
};
LiveExecution.prototype.mayAct = () => true;
