import { benchArguments, HELP } from './arguments.js';
import { benchContent } from './content/content-bench.js';
import { benchDocuments } from './content/documents-bench.js';
import { benchEntities } from './entities-bench.js';
import { benchEvents } from './events-bench.js';
import { benchGovernance } from './governance-bench.js';
import { benchGraph } from './graph-bench.js';
import { benchHistory } from './history-bench.js';
import { benchMash } from './mash-bench.js';
import { benchPolicy } from './policy-bench.js';
import { runBench } from './run-bench.js';
import { runPeers } from './peers.js';
import { benchStages, stageTable, type StageFigures } from './stages/stages-bench.js';
import { summaryTable } from './table.js';

/** A mistake of whoever asks is told in a line, and ends with 2; a fault of the program with its place, and 1. */
function asked(): ReturnType<typeof benchArguments> {
  try {
    return benchArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nnpm run bench -- --help tells the options.\n`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const args = asked();
  if (args === 'help') {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  if (args.policy) return tellFigures(benchPolicy(POLICY_DECISIONS), args.json);
  if (args.governance) return tellFigures(await benchGovernance(say), args.json);
  if (args.graph > 0) return tellFigures(await benchGraph(args.graph, say), args.json);
  if (args.events > 0) return tellFigures(await benchEvents(args.events, say), args.json);
  if (args.documents) return tellFigures(await benchDocuments(say), args.json);
  if (args.content > 0) return tellFigures({ ...(await benchContent({ records: args.content, kills: args.kills }, say)), ...(await benchDocuments(say)) }, args.json);
  if (args.mash > 0) return tellFigures(await benchMash(args.mash, say), args.json);
  if (args.entities > 0) return tellFigures(await benchEntities(args.entities, say), args.json);
  if (args.history > 0) return tellFigures(await benchHistory(args.history, say), args.json);
  if (args.stages) return tellStages(await benchStages(args.executions, say), args.json);
  const figures = await runBench(args, say);
  process.stdout.write(`${summaryTable(figures)}\n`);
  if (args.peers) await runPeers(say);
  if (args.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

const POLICY_DECISIONS = 100_000;

function tellFigures(figures: object, json: boolean): void {
  process.stdout.write(`${Object.entries(figures).map(([name, value]) => `| ${name} | ${value} |`).join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function tellStages(figures: StageFigures, json: boolean): void {
  process.stdout.write(`${stageTable(figures)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
