import { failure } from '@symphainy/contracts';
import { nextTurn, PlatformError } from '@symphainy/kernel';
import type { Embedder } from '@symphainy/ports';
import type * as Runtime from 'onnxruntime-web';
import { scaled } from './hashed-dense.js';
import { readModelFolder, type ModelFolder } from './onnx-folder.js';

/** What is used of `@huggingface/tokenizers`, whose own declarations do not resolve (they import files without their endings). */
interface Tokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}

interface Tokenizers {
  readonly Tokenizer: new (tokenizer: ModelFolder['tokenizer'], config: ModelFolder['tokenizerConfig']) => Tokenizer;
}

interface Loaded {
  readonly runtime: typeof Runtime;
  readonly session: Runtime.InferenceSession;
  readonly tokenizer: Tokenizer;
}

const ROUNDING = 1e6;
/** A text, its tokens marked as text (1), and all of one part (0): what encoders of the BERT family take. */
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];

/**
 * Vectors of a text encoder in a folder of this machine: `model.onnx` and `tokenizer.json`, as Hugging Face's Optimum exports sentence transformers. The tokens' vectors are put together as the folder says
 * (their mean, or the first's), unless the model does so itself. It runs in ONNX Runtime's WebAssembly build, one text at a time; neither is loaded before the first text.
 */
export class OnnxEmbedder implements Embedder {
  readonly model: string;
  readonly deterministic = false;
  private readonly folder: ModelFolder;
  private loading: Promise<Loaded> | undefined;

  /** Throws `embedding.model_invalid` for a folder that holds no model. */
  constructor(directory: string) {
    this.folder = readModelFolder(directory);
    this.model = this.folder.name;
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    signal.throwIfAborted();
    if (texts.length === 0) return [];
    const loaded = await (this.loading ??= load(this.folder));
    const vectors: (Float32Array | undefined)[] = [];
    for (const text of texts) {
      vectors.push(text.trim() === '' ? undefined : await this.vectorOf(loaded, text));
      // a run holds the thread: others have their turn between two
      await nextTurn();
      signal.throwIfAborted();
    }
    const width = vectors.find((vector) => vector !== undefined)?.length ?? (await this.vectorOf(loaded, '.')).length;
    return vectors.map((vector) => scaled(vector ?? new Float32Array(width), ROUNDING));
  }

  async close(): Promise<void> {
    await (await this.loading)?.session.release();
  }

  private async vectorOf({ runtime, session, tokenizer }: Loaded, text: string): Promise<Float32Array> {
    const tokens = shortened(tokenizer.encode(text).ids, this.folder.tokens);
    const shape = [1, tokens.length];
    const given: Readonly<Record<string, readonly number[]>> = { input_ids: tokens, attention_mask: tokens.map(() => 1), token_type_ids: tokens.map(() => 0) };
    const feeds = Object.fromEntries(session.inputNames.map((name) => [name, new runtime.Tensor('int64', BigInt64Array.from(given[name]!, BigInt), shape)]));
    try {
      const answered = await session.run(feeds);
      return pooled(answered[session.outputNames[0]!]!, this.folder.pooling);
    } catch (error) {
      throw error instanceof PlatformError ? error : invalid('the model does not run', error);
    }
  }
}

/** The beginning, with the mark that ends every text. */
const shortened = (ids: readonly number[], most: number): readonly number[] => (ids.length <= most ? ids : [...ids.slice(0, most - 1), ids.at(-1)!]);

/** Of `[1, tokens, width]` one vector; `[1, width]` is one already. */
function pooled({ data, dims, type }: Runtime.Tensor, pooling: ModelFolder['pooling']): Float32Array {
  const width = dims.at(-1);
  if (type !== 'float32' || width === undefined || width < 1 || dims[0] !== 1 || dims.length < 2 || dims.length > 3) throw invalid(`the model answers ${type}[${dims.join(', ')}], and not a vector of 32-bit floats for each token or text`);
  const values = data as Float32Array;
  if (dims.length === 2 || pooling === 'first') return values.slice(0, width);
  const sums = new Float32Array(width);
  for (let at = 0; at < values.length; at++) sums[at % width]! += values[at]!;
  return sums;
}

async function load({ model, tokenizer, tokenizerConfig }: ModelFolder): Promise<Loaded> {
  const runtime = await import('onnxruntime-web').catch((error: unknown) => {
    throw invalid('the package onnxruntime-web is not installed', error);
  });
  try {
    // one thread: more would be workers of their own, which outlive the service
    runtime.env.wasm.numThreads = 1;
    const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as Tokenizers;
    const loaded = { runtime, tokenizer: new Tokenizer(tokenizer, tokenizerConfig), session: await runtime.InferenceSession.create(model, { executionProviders: ['wasm'] }) };
    const strange = loaded.session.inputNames.find((name) => !INPUTS.includes(name));
    if (strange !== undefined) throw invalid(`the model asks for ${strange}: it is no encoder of texts`);
    return loaded;
  } catch (error) {
    throw error instanceof PlatformError ? error : invalid('the model or its tokenizer cannot be read', error);
  }
}

const invalid = (message: string, cause?: unknown): PlatformError => failure('embedding.model_invalid', { message, cause });
