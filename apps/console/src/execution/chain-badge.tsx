import { useCallback } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useLoad } from '../platform/use-load.js';
import { counted } from '../ui/format.js';
import { Icon } from '../ui/icon.js';

/** What the platform answers when it checks this stream's hash chain, grammar, policy, attribution and artifacts: asked once it has ended. */
export function ChainBadge({ executionId, ended }: { executionId: string; ended: boolean }) {
  return ended ? <CheckedChain executionId={executionId} /> : null;
}

function CheckedChain({ executionId }: { executionId: string }) {
  const platform = usePlatform();
  const load = useCallback(() => platform.executions.validate(executionId), [platform, executionId]);
  const { value, problem } = useLoad(load);
  if (problem) return <span className="badge badge-wait" title={`${problem.code}: ${problem.message}`}><Icon name="link" size={13} />Chain not checked</span>;
  if (value === undefined) return <span className="badge"><Icon name="link" size={13} />Checking chain…</span>;
  const problems = value.checks.flatMap((check) => check.problems.map((found) => `${check.check}: ${found}`));
  if (!value.valid) return <span className="badge badge-bad" title={problems.join('\n')}><Icon name="alert" size={13} />Chain broken: {problems[0] ?? counted(problems.length, 'problem')}</span>;
  return <span className="badge badge-good" title={`${value.checks.map((check) => check.check).join(', ')} hold\nHead ${value.head_hash}`}><Icon name="link" size={13} />Chain verified · {counted(value.frames, 'frame')}</span>;
}
