import type { ContentFact } from '@symphainy/contracts';
import type { Claim } from '../../model/projection.schema.js';

export interface RefusedClaim {
  readonly claim: Claim;
  readonly why: string;
}

/** Dates, numbers and identifiers: what a claim can be wrong about to the letter. */
const STATED = /\d{4}-\d{2}-\d{2}|[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*(?:[-./,:][\p{L}\p{N}]+)*/gu;

/**
 * Which claims rest on facts. A claim must cite facts that there are, and every date, number and identifier in it must stand in one of those it cites: in its value, its text in the source, or its subject. What a
 * claim says in words cannot be checked this way.
 */
export function checkClaims(claims: readonly Claim[], facts: ReadonlyMap<string, ContentFact>): { grounded: Claim[]; refused: RefusedClaim[] } {
  const judged = claims.map((claim) => ({ claim, why: reasonAgainst(claim, facts) }));
  return { grounded: judged.flatMap(({ claim, why }) => (why === undefined ? [claim] : [])), refused: judged.flatMap(({ claim, why }) => (why === undefined ? [] : [{ claim, why }])) };
}

function reasonAgainst({ text, cites }: Claim, facts: ReadonlyMap<string, ContentFact>): string | undefined {
  if (cites.length === 0) return 'it cites no fact';
  const unknown = cites.find((id) => !facts.has(id));
  if (unknown !== undefined) return `it cites ${unknown}, which is no fact`;
  const stated = new Set(cites.flatMap((id) => wordsIn(facts.get(id)!)));
  const invented = partsOf(text).find((part) => !stated.has(part));
  return invented === undefined ? undefined : `${invented} stands in no fact that it cites`;
}

const wordsIn = ({ value, raw, subject }: ContentFact): string[] => [String(value), raw ?? '', subject].flatMap((text) => [...partsOf(text), text.trim().toLowerCase()]);

/** Numbers without marks between thousands, so that 1,240.50 and 1240.50 are one. */
const partsOf = (text: string): string[] => (text.match(STATED) ?? []).map((part) => (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(part) ? part.replaceAll(',', '') : part).toLowerCase());
