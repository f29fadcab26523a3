import { PDFDocument, StandardFonts } from 'pdf-lib';
import * as XLSX from '@e965/xlsx';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, type Client } from '@symphainy/client';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { memoryMiB } from '../process-figures.js';

export interface DocumentFigures {
  readonly pdf_pages: number;
  readonly pdf_pages_per_s: number;
  readonly csv_mb: number;
  readonly csv_mb_per_s: number;
  readonly xlsx_mb: number;
  readonly xlsx_mb_per_s: number;
  readonly xlsx_cells_per_s: number;
  /** Highest resident memory of the realm and the processes in which it reads, together, in MiB. */
  readonly reading_peak_mb: number;
}

type Say = (text: string) => void;

const PDF_PAGES = 200;
const CSV_ROWS = 100_000;
const XLSX_ROWS = 20_000;
const POLL_MS = 50;
const WORDS = 'the policy holder reported damage to the roof of the insured house after the storm had passed over the harbour and its streets'.split(' ');

const root = join(__dirname, '..', '..', '..', '..');

/** Made files through upload and `content.ingest`, one after another, in separate processes on real servers: from the intent's submission to its end, facts and embeddings with it. */
export async function benchDocuments(say: Say): Promise<DocumentFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-documents-'));
  const stack = await startLocalStack({ root, dataDir, only: ['smart-city', 'runtime', 'experience-gateway', 'realm-content'], onLine: (service, line) => /"level":"fatal"/.test(line) && say(`${service}: ${line}`) });
  try {
    return await measure(stack, say);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: LocalStack, say: Say): Promise<DocumentFigures> {
  const client = connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf('alice') });
  const { session_id } = await client.sessions.create();
  const peak = { mb: 0 };
  const timed = async (file: MadeFile): Promise<{ seconds: number; megabytes: number }> => {
    say(`reading ${file.filename}`);
    await ingest(client, session_id, file.filename, file.small, peak, stack);
    return { seconds: await ingest(client, session_id, file.filename, file.bytes, peak, stack), megabytes: file.bytes.length / 1e6 };
  };
  const [pdf, csv, xlsx] = [await timed(await pdfFile()), await timed(csvFile()), await timed(xlsxFile())];
  return {
    pdf_pages: PDF_PAGES,
    pdf_pages_per_s: rounded(PDF_PAGES / pdf.seconds),
    csv_mb: rounded(csv.megabytes),
    csv_mb_per_s: rounded(csv.megabytes / csv.seconds),
    xlsx_mb: rounded(xlsx.megabytes),
    xlsx_mb_per_s: rounded(xlsx.megabytes / xlsx.seconds),
    xlsx_cells_per_s: Math.round((XLSX_ROWS * HEADING.length) / xlsx.seconds),
    reading_peak_mb: Math.round(peak.mb),
  };
}

/** Seconds from submission to end. A first small file starts the reading process and loads the reader, so that the second alone is measured. */
async function ingest(client: Client, session_id: string, name: string, bytes: Uint8Array, peak: { mb: number }, stack: LocalStack): Promise<number> {
  const { reference } = await client.files.upload(session_id, { name, content: new Blob([Uint8Array.from(bytes)]), mediaType: 'application/octet-stream' });
  const started = performance.now();
  const { execution_id } = await client.intents.submit({ intent_type: 'content.ingest', session_id, payload: { source: reference } });
  for (;;) {
    const view = await client.executions.read(execution_id);
    peak.mb = Math.max(peak.mb, memoryMiB(stack.pidOf('realm-content'), 'peak'));
    if (view.status === 'completed') return (performance.now() - started) / 1000;
    if (view.status !== 'running') throw new Error(`reading ${name} has ${view.status}: ${JSON.stringify(view)}`);
    await setTimeout(POLL_MS);
  }
}

interface MadeFile {
  readonly filename: string;
  readonly small: Uint8Array;
  readonly bytes: Uint8Array;
}

const pdfFile = async (): Promise<MadeFile> => ({ filename: 'report.pdf', small: await pdfOf(1), bytes: await pdfOf(PDF_PAGES) });

const LINES = 40;
const TABLE_ROWS = 8;

/** Pages of a heading, paragraphs and a table of aligned columns. */
async function pdfOf(pages: number): Promise<Uint8Array> {
  const file = await PDFDocument.create();
  const font = await file.embedFont(StandardFonts.Helvetica);
  for (let number = 1; number <= pages; number++) {
    const page = file.addPage([595, 842]);
    page.drawText(`Section ${number}`, { x: 60, y: 780, size: 16, font });
    for (let line = 0; line < LINES; line++) page.drawText(sentence(number * LINES + line), { x: 60, y: 750 - line * 13, size: 10, font });
    for (let row = 0; row < TABLE_ROWS; row++) [`Item ${row + 1}`, String(number * row), `${row * 7}.50`].forEach((text, column) => page.drawText(text, { x: 60 + column * 150, y: 200 - row * 14, size: 10, font }));
  }
  return file.save();
}

const sentence = (seed: number): string => Array.from({ length: 14 }, (_, at) => WORDS[(seed * 7 + at * 3) % WORDS.length]).join(' ');

const record = (at: number): (string | number)[] => [at, `P${String(at).padStart(9, '0')}`, sentence(at).slice(0, 40), at * 1.25, `2026-${String(1 + (at % 12)).padStart(2, '0')}-${String(1 + (at % 28)).padStart(2, '0')}`, at % 2 === 0 ? 'yes' : 'no'];
const HEADING = ['id', 'policy', 'holder', 'premium', 'due', 'active'];

const csvOf = (rows: number): Uint8Array => Buffer.from(`${HEADING.join(',')}\n${Array.from({ length: rows }, (_, at) => record(at).join(',')).join('\n')}\n`);
const csvFile = (): MadeFile => ({ filename: 'policies.csv', small: csvOf(3), bytes: csvOf(CSV_ROWS) });

const xlsxOf = (rows: number): Uint8Array => XLSX.write({ SheetNames: ['Policies'], Sheets: { Policies: XLSX.utils.aoa_to_sheet([HEADING, ...Array.from({ length: rows }, (_, at) => record(at))]) } }, { type: 'buffer', compression: true }) as Uint8Array;
const xlsxFile = (): MadeFile => ({ filename: 'policies.xlsx', small: xlsxOf(3), bytes: xlsxOf(XLSX_ROWS) });

const rounded = (value: number): number => Math.round(value * 10) / 10;
