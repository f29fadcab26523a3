import { failure, type ProducedArtifact } from '@symphainy/contracts';
import { dataRulesOf, type DataRules } from '@symphainy/governance';
import { toWireError } from '@symphainy/kernel';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import type { Engine } from '../engine/engine.js';
import type { LiveExecution } from '../engine/live-execution.js';

/** What is governed of the artifacts that steps hand back: their class, and the data contract of their type. */
export class GovernedArtifacts {
  constructor(private readonly parts: { readonly bundles: BundleHolder; readonly contracts: PayloadContracts; readonly engine: Pick<Engine, 'note' | 'stamp'> }) {}

  /** The artifacts with the class that they inherit. Violations of contracts are recorded; throws `data.contract_violated` for one that is enforced. */
  govern(live: LiveExecution, step: string, artifacts: ProducedArtifact[]): ProducedArtifact[] {
    const bundle = this.parts.bundles.current?.bundle;
    if (bundle === undefined || (live.state.classes === undefined && bundle.data_contracts === undefined)) return artifacts;
    const rules = dataRulesOf(bundle, live.state.intent.tenant_id);
    for (const artifact of artifacts) this.check(live, step, artifact, rules);
    return artifacts.map((artifact) => classed(artifact, live, rules));
  }

  private check(live: LiveExecution, step: string, { name, artifact_type, content }: ProducedArtifact, rules: DataRules): void {
    const contract = rules.contractOf(artifact_type);
    if (contract === undefined || contract.mode === 'off' || content === undefined) return;
    const misfit = this.parts.contracts.misfitOf(contract.schema, content);
    if (misfit === undefined) return;
    const { engine } = this.parts;
    const { version, owner, mode } = contract;
    const violation = failure('data.contract_violated', { field: misfit.field.slice(0, 500), message: `artifact ${name}: ${misfit.message}`.slice(0, 500), details: { artifact: name, artifact_type, version, owner, mode } });
    engine.note(live, { type: 'access_refused', ...engine.stamp(), step, what: `artifact ${name} as ${artifact_type} ${version}`.slice(0, 300), error: toWireError(violation) });
    if (mode === 'enforce') throw violation;
  }
}

/** The highest of what was declared, what it was made from, and what its contract asks for at least. */
function classed(artifact: ProducedArtifact, { state }: LiveExecution, rules: DataRules): ProducedArtifact {
  const least = rules.contractOf(artifact.artifact_type)?.classification;
  const classification = rules.highest([...(artifact.classification === undefined ? [] : [artifact.classification]), ...(least === undefined ? [] : [least]), ...(state.classes ?? [])]);
  return classification === undefined || classification === artifact.classification ? artifact : { ...artifact, classification };
}
