import type { Json } from '@symphainy/kernel';

/** What a detector found, and where: a JSON Pointer with `*` for the elements of lists, so that a column is one place however many rows it has. */
export interface DataFinding {
  readonly detector: DetectorName;
  /** The standing class that such data is of. */
  readonly classification: 'personal' | 'restricted';
  readonly where: string;
  /** Values at that place, and how many of them the detector took. */
  readonly values: number;
  readonly hits: number;
}

export type DetectorName = 'email' | 'phone' | 'us_ssn' | 'payment_card' | 'iban' | 'date_of_birth' | 'person_name';

interface Detector {
  readonly name: DetectorName;
  readonly classification: DataFinding['classification'];
  /** `field`: the last name on the way to the value, in lower case without separators. */
  readonly takes: (text: string, field: string) => boolean;
}

/** Digits alone, of a text that holds nothing else than digits and the separators people write. */
const digitsOf = (text: string): string | undefined => (/^\+?[\d ().\-/]+$/.test(text) ? text.replace(/\D/g, '') : undefined);

/** ISO/IEC 7812-1, annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the check digits of ISO 7064 MOD 97-10. */
export function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  const numeric = `${compact.slice(4)}${compact.slice(0, 4)}`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (const digit of numeric) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** Numbers that the Social Security Administration never issues are none. */
const isSsn = (text: string): boolean => /^(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text);

const isCard = (text: string): boolean => {
  const digits = /^[\d -]+$/.test(text) ? text.replace(/\D/g, '') : '';
  return digits.length >= 13 && digits.length <= 19 && /^[2-6]/.test(digits) && !/^(\d)\1+$/.test(digits) && passesLuhn(digits);
};

const PHONE_FIELD = /phone|mobile|telefon|^tel$|^cell$|^fax$/;
const NAME_FIELD = /^(full|first|last|given|family|middle|maiden|sur|insured|customer|applicant|contact|holder|patient|employee|owner)+names?$|^(insured|applicant|claimant|patient|holder)$|^surname$|^forename$/;
const BIRTH_FIELD = /birth|^dob$|dob$/;
const DATE = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{8})(T.*)?$/;

const isPhone = (text: string, field: string): boolean => {
  const digits = digitsOf(text);
  if (digits === undefined || digits.length < 7 || digits.length > 15) return false;
  return PHONE_FIELD.test(field) || (/^\+\d/.test(text) && digits.length >= 10) || /^\(?\d{3}\)?[ -]\d{3}[ -]\d{4}$/.test(text);
};

const DETECTORS: readonly Detector[] = [
  { name: 'email', classification: 'personal', takes: (text) => /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i.test(text) },
  { name: 'us_ssn', classification: 'restricted', takes: isSsn },
  { name: 'payment_card', classification: 'restricted', takes: isCard },
  { name: 'iban', classification: 'restricted', takes: isIban },
  { name: 'date_of_birth', classification: 'personal', takes: (text, field) => BIRTH_FIELD.test(field) && DATE.test(text) },
  { name: 'person_name', classification: 'personal', takes: (text, field) => NAME_FIELD.test(field) && /^\p{L}[\p{L}\p{M} .,'’-]{1,80}$/u.test(text) },
  { name: 'phone', classification: 'personal', takes: isPhone },
];

/** A place counts when at least this share of its values is taken: one odd value makes no column personal. */
const SHARE = 0.5;

/**
 * Personal data that a value shows by its form (e-mail addresses, telephone, social security, card and account numbers with their checks) or by the name of its field (dates of birth,
 * names of people). Deterministic. What it does not find may be personal all the same: a declared class goes before it.
 */
export function detectData(value: Json): DataFinding[] {
  const places = new Map<string, { field: string; texts: string[] }>();
  collect(value, '', '', places);
  return [...places].flatMap(([where, { field, texts }]) =>
    DETECTORS.flatMap(({ name, classification, takes }) => {
      const hits = texts.filter((text) => takes(text, field)).length;
      return hits > 0 && hits / texts.length >= SHARE ? [{ detector: name, classification, where, values: texts.length, hits }] : [];
    }),
  );
}

function collect(value: Json, where: string, field: string, places: Map<string, { field: string; texts: string[] }>): void {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value).trim();
    if (text === '') return;
    const place = places.get(where) ?? { field, texts: [] };
    place.texts.push(text);
    places.set(where, place);
  } else if (Array.isArray(value)) {
    for (const element of value) collect(element, `${where}/*`, field, places);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) collect(member, `${where}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, name.toLowerCase().replace(/[^\p{L}\d]/gu, ''), places);
  }
}

/** The class that findings ask for: undefined for none. */
export const classOfFindings = (findings: readonly DataFinding[]): DataFinding['classification'] | undefined =>
  findings.some(({ classification }) => classification === 'restricted') ? 'restricted' : findings.length > 0 ? 'personal' : undefined;
