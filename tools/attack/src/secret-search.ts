/** Looks for many secrets in much text in one pass. */

/** A secret, and every text by which it would be recognised; shorter ones than `LEAST_FORM` would be found by accident. */
export interface Secret {
  readonly name: string;
  readonly forms: readonly string[];
}

export const LEAST_FORM = 16;
/** However a form lies in a text, one of the text's aligned pieces lies within it: pieces are half as long as the shortest form. */
const PIECE = LEAST_FORM / 2;

export class SecretSearch {
  private readonly byPiece = new Map<string, { readonly name: string; readonly form: string }[]>();

  constructor(secrets: readonly Secret[]) {
    for (const { name, forms } of secrets) for (const form of forms) this.index(name, form);
  }

  /** The names of secrets that stand in the text. */
  in(text: string): Set<string> {
    const found = new Set<string>();
    for (let at = 0; at + PIECE <= text.length; at += PIECE) {
      for (const { name, form } of this.byPiece.get(text.slice(at, at + PIECE)) ?? []) if (!found.has(name) && text.includes(form, Math.max(0, at - form.length))) found.add(name);
    }
    return found;
  }

  private index(name: string, form: string): void {
    if (form.length < LEAST_FORM) throw new Error(`${name}: too short to be looked for`);
    for (let k = 0; k < PIECE; k++) {
      const piece = form.slice(k, k + PIECE);
      const known = this.byPiece.get(piece);
      if (known === undefined) this.byPiece.set(piece, [{ name, form }]);
      else known.push({ name, form });
    }
  }
}
