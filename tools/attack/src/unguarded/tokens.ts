/** Preloaded into a runtime under proof: any execution token is as good as any other, for any attempt. */
import { join } from 'node:path';

const dist = join(__dirname, '..', '..', '..', '..', 'apps', 'runtime', 'dist');

interface Tokens {
  verify(token: string): { readonly writer: string };
}
interface Live {
  mayAct(): boolean;
}

const { ExecutionTokens } = require(join(dist, 'dispatch', 'execution-tokens.js')) as { ExecutionTokens: { prototype: Tokens & { writer: string } } };
const { LiveExecution } = require(join(dist, 'engine', 'live-execution.js')) as { LiveExecution: { prototype: Live } };

ExecutionTokens.prototype.verify = function verify(this: { writer: string }) {
  return { writer: this.writer };
};
LiveExecution.prototype.mayAct = () => true;
