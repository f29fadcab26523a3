import type { Embedder } from './embedder.js';

export interface EmbedderUnderTest {
  readonly embedder: Embedder;
  readonly close?: () => Promise<void>;
}

const TEXTS = ['The generator carried the load.', 'Plan review fees are not refunded.', 'Grüße, 東京', ''];
const cosine = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

/** What every embedder does, whatever its model. */
export function embedderContract(name: string, open: () => Promise<EmbedderUnderTest>): void {
  describe(`${name} - an embedder`, () => {
    let opened: EmbedderUnderTest;
    const never = new AbortController().signal;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close?.());

    it('texts of any kind - one vector each, all of one number of dimensions, of length 1 or all zero', async () => {
      const vectors = await opened.embedder.embed(TEXTS, never);
      expect(vectors).toHaveLength(TEXTS.length);
      expect(new Set(vectors.map((vector) => vector.length)).size).toBe(1);
      for (const vector of vectors) expect(Math.abs(cosine(vector, vector) - (vector.some((value) => value !== 0) ? 1 : 0))).toBeLessThan(1e-3);
    });

    it('more texts than one request takes - each vector is that of its own text', async () => {
      const many = Array.from({ length: 150 }, (_, at) => `${TEXTS[at % 2]!} Number ${at}.`);
      const vectors = await opened.embedder.embed(many, never);
      const [alone] = await opened.embedder.embed([many[137]!], never);
      expect(vectors).toHaveLength(150);
      expect(cosine(alone!, vectors[137]!)).toBeGreaterThan(0.999);
      expect(cosine(alone!, vectors[136]!)).toBeLessThan(0.999);
    });

    it('no text - no vector', async () => {
      expect(await opened.embedder.embed([], never)).toEqual([]);
    });

    it('given up before it began - rejects', async () => {
      await expect(opened.embedder.embed(TEXTS, AbortSignal.abort())).rejects.toThrow();
    });

    it('a model - has a name', () => {
      expect(opened.embedder.model).toMatch(/^\S{1,120}$/);
    });
  });
}
