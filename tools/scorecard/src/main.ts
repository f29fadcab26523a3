import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Corpus, meanScore, PASS } from './area.js';
import { areaNames, measureAll, type Measured } from './registry.js';
import { torture } from './torture.js';

const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { corpus: { type: 'string' }, area: { type: 'string', multiple: true, default: [] }, json: { type: 'boolean', default: false }, all: { type: 'boolean', default: false }, torture: { type: 'boolean', default: false }, under: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean', default: false } } });
  if (values.help) return (process.stdout.write(`${HELP}\n`), 0);
  const unknown = values.area.find((name) => !(areaNames as readonly string[]).includes(name));
  if (unknown !== undefined) return (process.stderr.write(`There is no area ${JSON.stringify(unknown)}. Areas: ${areaNames.join(', ')}\n`), 2);
  const root = resolve(values.corpus ?? process.env['CORPUS_DIR'] ?? resolve(__dirname, '..', 'corpus'));
  process.stdout.write(`Corpus: ${root}\n\n`);
  if (values.torture) return tortureReport(new Corpus(root), values.under);
  const measured: Measured[] = [];
  for await (const area of measureAll(new Corpus(root), values.area)) {
    measured.push(area);
    process.stdout.write(report(area, values.all));
  }
  process.stdout.write(`\n${table(measured)}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ areas: Object.fromEntries(measured.map((area) => [area.name, summary(area)])) })}\n`);
  return 0;
}

async function tortureReport(corpus: Corpus, under: readonly string[]): Promise<number> {
  const outcomes = new Map<string, number>();
  let faults = 0;
  let slowest = { ms: 0, what: 'nothing' };
  for await (const { file, damage, outcome, fault, ms } of torture(corpus, under)) {
    const kind = fault ? 'fault of the reader' : outcome;
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    if (fault) faults++;
    if (fault) process.stdout.write(`${file}: ${damage}: ${outcome}\n`);
    if (ms > slowest.ms) slowest = { ms, what: `${file}, ${damage}` };
  }
  for (const [outcome, times] of [...outcomes].toSorted((a, b) => b[1] - a[1])) process.stdout.write(`${String(times).padStart(6)}  ${outcome}\n`);
  process.stdout.write(`The slowest took ${(slowest.ms / 1000).toFixed(1)} s: ${slowest.what}\n`);
  return faults > 0 ? 1 : 0;
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
const failedOf = ({ cases }: Measured) => cases.filter((one) => one.score < PASS);

function summary(area: Measured) {
  const peers = area.cases.map((one) => one.peer ?? 0);
  return { score: rounded(meanScore(area.cases.map((one) => one.score))), cases: area.cases.length, failed: failedOf(area).length, peer: rounded(meanScore(peers)) };
}

function report(measured: Measured, all: boolean): string {
  const { name, area, cases } = measured;
  if (!area) return `${name}: not measured: nothing here measures it yet\n`;
  if (cases.length === 0) return `${name}: not measured: the corpus has no such file\n`;
  const shown = all ? cases : failedOf(measured);
  const lines = shown.map((one) => `  ${one.score.toFixed(3)}  peer ${one.peer === undefined ? '  –  ' : one.peer.toFixed(3)}  ${one.file}${one.precision === undefined ? '' : `  (precision ${one.precision.toFixed(3)}, recall ${one.recall!.toFixed(3)})`}${one.note === undefined ? '' : `  ${one.note}`}`);
  return `${name}: ${area.counts}\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}`;
}

function table(measured: readonly Measured[]): string {
  const line = (cells: readonly string[]): string => `${cells[0]!.padEnd(18)}${cells.slice(1, 5).map((cell) => cell.padStart(8)).join('')}  ${cells[5]}\n`;
  const rows = measured.map((area) => {
    const { score, cases, failed, peer } = summary(area);
    return line([area.name, score.toFixed(4), String(cases), String(failed), cases === 0 ? '–' : peer.toFixed(4), area.area?.peer ?? '']);
  });
  return line(['area', 'score', 'cases', `<${PASS}`, 'peer', 'peer is']) + rows.join('');
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
