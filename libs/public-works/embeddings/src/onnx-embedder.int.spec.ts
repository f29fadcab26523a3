import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv, systemClock } from '@symphainy/kernel';
import { embedderContract } from '@symphainy/ports/testing';
import { embeddingsEnv, OnnxEmbedder, openEmbedder } from './index.js';

/** Protocol buffers as far as a small ONNX model needs them: field by field, as onnx.proto numbers them. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]);
const int = (field: number, value: number): Buffer => Buffer.from([...varint(field * 8), ...varint(value)]);
const bytes = (field: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};

const PIECES = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...[...'abcdefghijklmnopqrstuvwxyz0123456789.,'].flatMap((letter) => [letter, `##${letter}`])];
const WIDTH = 24;
const INT64 = 7;
const FLOAT = 1;

const tensorValue = (field: number, name: string, type: number, dims: readonly (string | number)[]): Buffer =>
  bytes(field, bytes(1, name), bytes(2, bytes(1, int(1, type), bytes(2, ...dims.map((dim) => bytes(1, typeof dim === 'string' ? bytes(2, dim) : int(1, dim)))))));

/** An encoder of one layer: each token's vector is a row of a table. */
function model({ inputs = ['input_ids', 'attention_mask', 'token_type_ids'] } = {}): Buffer {
  const table = Float32Array.from({ length: PIECES.length * WIDTH }, (_, at) => Math.sin(1 + at * 12.9898) * Math.cos(at * 0.7));
  const node = bytes(1, bytes(1, 'table'), bytes(1, inputs[0]!), bytes(2, 'last_hidden_state'), bytes(4, 'Gather'));
  const initializer = bytes(5, int(1, PIECES.length), int(1, WIDTH), int(2, FLOAT), bytes(8, 'table'), bytes(9, Buffer.from(table.buffer)));
  const graph = bytes(7, node, bytes(2, 'encoder'), initializer, ...inputs.map((name) => tensorValue(11, name, INT64, ['batch', 'tokens'])), tensorValue(12, 'last_hidden_state', FLOAT, ['batch', 'tokens', WIDTH]));
  return Buffer.concat([int(1, 8), graph, bytes(8, bytes(1, ''), int(2, 17))]);
}

const special = (id: number, content: string) => ({ id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false });
const TOKENIZER = {
  version: '1.0', truncation: null, padding: null, added_tokens: PIECES.slice(0, 4).map((content, id) => special(id, content)),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true }, pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '[SEP]', type_id: 0 } }], pair: [], special_tokens: { '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] }, '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] } } },
  decoder: null, model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: Object.fromEntries(PIECES.map((piece, id) => [piece, id])) },
};

const root = mkdtempSync(join(tmpdir(), 'onnx-spec-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

/** A folder as Optimum exports it. */
function folder(files: Readonly<Record<string, Buffer | object>> = {}): string {
  const directory = join(root, `tiny ${folders++}`);
  for (const [name, content] of Object.entries({ 'model.onnx': model(), 'tokenizer.json': TOKENIZER, ...files })) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return directory;
}

embedderContract('a model of this machine', () => {
  const embedder = new OnnxEmbedder(folder());
  return Promise.resolve({ embedder, close: () => embedder.close() });
});

describe('a model of this machine - what may go wrong', () => {
  const never = new AbortController().signal;
  const one = async (directory: string, text: string): Promise<number[]> => (await new OnnxEmbedder(directory).embed([text], never))[0]!;
  const near = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  const codeOf = (work: () => Promise<unknown>): Promise<unknown> => Promise.resolve().then(work).then(() => undefined, (error: { code: string; message: string }) => [error.code, error.message]);

  it('texts that share their pieces - are near, whatever their case and marks', async () => {
    const own = folder();
    const [a, b, c] = [await one(own, 'Pump 17'), await one(own, 'pump 17'), await one(own, 'a fee')];
    expect(near(a, b)).toBeCloseTo(1, 5);
    expect(near(a, c)).toBeLessThan(0.9);
  });

  it('the first token’s vector - is taken where the folder says so', async () => {
    const first = folder({ '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false } });
    expect(near(await one(first, 'pump'), await one(first, 'fee'))).toBeCloseTo(1, 5);
  });

  it('a text beyond the model’s length - counts by its beginning', async () => {
    const short = folder({ 'tokenizer_config.json': { model_max_length: 6 } });
    expect(near(await one(short, 'pump one two'), await one(short, 'pump seven'))).toBeCloseTo(1, 5);
    const endless = folder({ 'tokenizer_config.json': { model_max_length: 1e30 } });
    expect(near(await one(endless, 'pump one'), await one(endless, 'pump seven'))).toBeLessThan(0.999);
  });

  it('another file - has another name, so that its vectors are not compared', () => {
    const [a, b] = [folder(), folder({ 'tokenizer.json': { ...TOKENIZER, version: '1.1' } })];
    expect(new OnnxEmbedder(a).model).toMatch(/^onnx\/tiny_\d+@[0-9a-f]{12}$/);
    expect(new OnnxEmbedder(a).model.split('@')[1]).not.toBe(new OnnxEmbedder(b).model.split('@')[1]);
    expect(openEmbedder(readEnv(embeddingsEnv, { EMBEDDINGS_ONNX_DIR: a }), systemClock)).toMatchObject({ model: new OnnxEmbedder(a).model, deterministic: false });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a folder that is not there', () => one(join(root, 'nowhere'), 'x'), 'model.onnx'],
    ['no tokenizer', () => one(folder({ 'tokenizer.json': Buffer.from('{') }), 'x'), 'tokenizer.json'],
    ['bytes that are no model', () => one(folder({ 'model.onnx': Buffer.from('nothing') }), 'x'), 'cannot be read'],
    ['a model of something else', () => one(folder({ 'model.onnx': model({ inputs: ['pixel_values'] }) }), 'x'), 'pixel_values'],
  ])('%s - is told by its code', async (_, work, what) => {
    expect(await codeOf(work)).toEqual(['embedding.model_invalid', expect.stringContaining(what)]);
  });
});
