import { useCallback, useState } from 'react';
import { useAccount, usePlatform } from '../account/account-context.js';
import { useChange, useChangeCount } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { ChangeLine } from '../govern/change-line.js';
import { SectionHead } from '../govern/section-nav.js';
import { useLoad } from '../platform/use-load.js';
import { CopyText } from '../ui/copy-text.js';
import { TextField } from '../ui/field.js';
import { formatAgo, formatMoment, shortHash } from '../ui/format.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { entriesBetween } from './changed-entries.js';
import { policyLinks } from './policy-links.js';
import { readChangeable } from './read-changeable.js';
import { readVersions, VERSIONS } from './read-versions.js';
import { SideBySide } from './side-by-side.js';
import { changesOf, type KeptVersion } from './versions.model.js';

export function VersionsPage() {
  const platform = usePlatform();
  const { value, problem } = useLoad(useCallback(() => readVersions(platform), [platform]), { again: useChangeCount() });
  const [compared, setCompared] = useState<KeptVersion>();
  const [back, setBack] = useState<KeptVersion>();
  const current = value?.versions.find((version) => version.current);
  return (
    <div className="page page-wide">
      <SectionHead title="Bundle versions" lead="Everything that was ever in force is kept. Executions finish under the bundle they began with." links={policyLinks('versions')} />
      {problem && <ReadingProblem problem={problem} what="Bundle versions" />}
      {value === undefined && problem === undefined && <Skeleton rows={6} label="Loading versions" />}
      {compared && current && <Comparison key={`${compared.hash} ${current.hash}`} from={compared} to={current} onClose={() => setCompared(undefined)} />}
      {value && <ol className="versions">{value.versions.map((version) => <VersionItem key={version.version} version={version} onCompare={setCompared} onBack={setBack} />)}</ol>}
      {value?.more && <p className="page-foot">The newest {VERSIONS} versions are shown.</p>}
      {back && <RollbackDialog to={back} onClose={() => setBack(undefined)} />}
    </div>
  );
}

function VersionItem({ version, onCompare, onBack }: { version: KeptVersion; onCompare: (version: KeptVersion) => void; onBack: (version: KeptVersion) => void }) {
  const { me } = useAccount();
  const now = useNow(10_000);
  const changes = changesOf(version);
  return (
    <li className={version.current ? 'version version-current' : 'version'}>
      <p className="version-number">v{version.version}</p>
      <div className="version-body">
        {changes.length === 0 ? <p className="quiet">Changes that are not shown to you</p> : changes.map((change) => <ChangeLine key={change.executionId ?? change.at} change={change} />)}
        <p className="execution-sub"><span title={formatMoment(version.created_at)}>{formatAgo(version.created_at, now)}</span><CopyText value={version.hash} shown={shortHash(version.hash)} label="bundle hash" /></p>
      </div>
      {version.current ? <span className="status-pill tone-completed">In force</span> : (
        <div className="actions">
          <button type="button" className="button" onClick={() => onCompare(version)} aria-label={`Compare v${version.version} with what is in force`}>Compare</button>
          {me.tenant_id === 'platform' && <button type="button" className="button" onClick={() => onBack(version)} aria-label={`Roll back to v${version.version}`}>Roll back…</button>}
        </div>
      )}
    </li>
  );
}

function Comparison({ from, to, onClose }: { from: KeptVersion; to: KeptVersion; onClose: () => void }) {
  const platform = usePlatform();
  const load = useCallback(async () => entriesBetween(...(await Promise.all([readChangeable(platform, from.hash), readChangeable(platform, to.hash)]))), [platform, from.hash, to.hash]);
  const { value, problem } = useLoad(load);
  return (
    <section className="panel comparison" aria-label={`v${from.version} compared with v${to.version}`}>
      <div className="panel-head"><h2>From v{from.version} to v{to.version}, in force</h2><button type="button" className="button" onClick={onClose}>Close</button></div>
      {problem && <ProblemPanel problem={problem} title="The versions could not be compared" />}
      {value === undefined && problem === undefined && <Skeleton rows={4} label="Comparing" />}
      {value?.length === 0 && <p className="panel-empty">They say the same: only what candidates do not change differs, such as capabilities and grants.</p>}
      {value && <SideBySide entries={value} before={`v${from.version}`} after={`v${to.version}`} />}
    </section>
  );
}

function RollbackDialog({ to, onClose }: { to: KeptVersion; onClose: () => void }) {
  const change = useChange();
  const [reason, setReason] = useState('');
  const rollBack = async (): Promise<void> => {
    await change('rollback_bundle', { version: to.version, ...(reason.trim() !== '' && { reason: reason.trim() }) }, `Rolled back to what v${to.version} said`);
  };
  return (
    <ChangeDialog title={`Roll back to v${to.version}?`} submit="Roll back" busyText="Until every runtime holds it…" onSubmit={rollBack} onClose={onClose} lead={`A new version says again what v${to.version} said of tenants, identities, policies and their tests, bounds, classes, boundaries, contracts, registries and escalation. Capabilities stay as realms registered them, and so do grants, holds and keys; no tenant is removed, and none that was closed is opened. A failing test does not hold it up.`}>
      <TextField label="Why" optional note="An auditor will read it beside your name." value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}
