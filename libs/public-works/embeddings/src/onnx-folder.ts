import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { failure } from '@symphainy/contracts';
import { sha256Stream } from '@symphainy/kernel';
import { z } from 'zod';

/** An encoder as its files say. */
export interface ModelFolder {
  /** `onnx/<folder>@<hash of all that shapes a vector>`: another file, another name. */
  readonly name: string;
  readonly model: Uint8Array;
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
  /** Of a text at most so many tokens are read. */
  readonly tokens: number;
  /** Which of the tokens' vectors stand for the text: their mean, or the first. */
  readonly pooling: 'mean' | 'first';
}

const TOKENS = 512;
const HASH_DIGITS = 12;

const tokenizerConfig = z.looseObject({ model_max_length: z.number().optional() });
const sentenceConfig = z.looseObject({ max_seq_length: z.number().int().positive().optional() });
const poolingConfig = z.looseObject({ pooling_mode_cls_token: z.boolean().optional(), pooling_mode_mean_tokens: z.boolean().optional() });

/** Throws `embedding.model_invalid`, naming the file. */
export function readModelFolder(directory: string): ModelFolder {
  const digest = sha256Stream();
  const read = (...names: readonly string[]): Uint8Array | undefined => {
    const found = names.map((name) => join(directory, name)).find((file) => existsSync(file));
    const bytes = found === undefined ? undefined : readFileSync(found);
    if (bytes !== undefined) digest.update(bytes);
    return bytes;
  };
  const json = <T>(name: string, schema: z.ZodType<T>): T | undefined => {
    const bytes = read(name);
    return bytes === undefined ? undefined : parsed(name, bytes, schema);
  };
  const model = read('model.onnx', 'onnx/model.onnx');
  const tokenizer = json('tokenizer.json', z.looseObject({}));
  if (model === undefined || tokenizer === undefined) throw failure('embedding.model_invalid', { message: `there is no ${model === undefined ? 'model.onnx' : 'tokenizer.json'} in the folder` });
  const config = json('tokenizer_config.json', tokenizerConfig) ?? {};
  const sentence = json('sentence_bert_config.json', sentenceConfig);
  const pooling = json('1_Pooling/config.json', poolingConfig);
  const told = sentence?.max_seq_length ?? config.model_max_length ?? TOKENS;
  return {
    name: `onnx/${basename(resolve(directory)).replace(/[^\w.-]+/g, '_').slice(0, 80)}@${digest.digestHex().slice(0, HASH_DIGITS)}`,
    model, tokenizer, tokenizerConfig: config,
    // "no limit" is told as a number beyond all texts
    tokens: Math.max(2, Math.min(told, 8 * TOKENS) === told ? told : TOKENS),
    pooling: pooling?.pooling_mode_cls_token === true && pooling.pooling_mode_mean_tokens !== true ? 'first' : 'mean',
  };
}

function parsed<T>(name: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    throw failure('embedding.model_invalid', { message: `${name} does not read`, cause: error });
  }
}
