/**
 * A policy master as an insurer's mainframe keeps it: fixed-length EBCDIC (cp037) records with groups, a table, a redefined area, binary,
 * packed and zoned numbers. Two fields are spoiled on purpose, as in every file of that age: a reader must keep their bytes and go on.
 */
import { SeededChoice } from './seeded-choice.js';

export const policyCopybook = `      ******************************************************************
      *  POLICY MASTER - ONE RECORD A POLICY, FIXED LENGTH 260 BYTES
      *  EBCDIC CODE PAGE 037
      ******************************************************************
       01  POLICY-MASTER-RECORD.
           05  POLICY-KEY.
               10  POLICY-NUMBER         PIC X(10).
               10  PRODUCT-CODE          PIC X(03).
                   88  PRODUCT-AUTO      VALUE 'AUT'.
                   88  PRODUCT-HOME      VALUE 'HOM'.
                   88  PRODUCT-LIFE      VALUE 'LIF'.
           05  POLICY-STATUS             PIC X(01).
               88  STATUS-ACTIVE         VALUE 'A'.
               88  STATUS-LAPSED         VALUE 'L'.
               88  STATUS-CANCELLED      VALUE 'C'.
           05  HOLDER.
               10  HOLDER-NAME.
                   15  LAST-NAME         PIC X(20).
                   15  FIRST-NAME        PIC X(15).
               10  BIRTH-DATE            PIC X(10).
               10  ADDRESS-LINE OCCURS 2 TIMES
                                         PIC X(25).
               10  POSTAL-CODE           PIC X(05).
           05  EFFECTIVE-DATE            PIC X(10).
           05  EXPIRY-DATE               PIC X(10).
           05  ANNUAL-PREMIUM            PIC S9(7)V99 COMP-3.
           05  SUM-INSURED               PIC S9(9)V99 COMP-3.
           05  ACCOUNT-BALANCE           PIC S9(7)V99.
           05  CLAIM-COUNT               PIC S9(4)    COMP.
           05  AGENT-ID                  PIC 9(8)     COMP.
           05  COVERAGE-COUNT            PIC 9(02).
           05  COVERAGE OCCURS 4 TIMES.
               10  COVERAGE-CODE         PIC X(04).
               10  COVERAGE-LIMIT        PIC S9(7)V99 COMP-3.
               10  DEDUCTIBLE            PIC S9(5)    COMP-3.
           05  RISK-DETAIL               PIC X(24).
           05  AUTO-RISK REDEFINES RISK-DETAIL.
               10  VEHICLE-ID            PIC X(17).
               10  MODEL-YEAR            PIC 9(04).
               10  FILLER                PIC X(03).
           05  HOME-RISK REDEFINES RISK-DETAIL.
               10  CONSTRUCTION          PIC X(17).
               10  YEAR-BUILT            PIC 9(04).
               10  STOREYS               PIC X(03).
           05  LIFE-RISK REDEFINES RISK-DETAIL.
               10  BENEFICIARY           PIC X(17).
               10  BENEFICIARY-BORN      PIC 9(04).
               10  SMOKER                PIC X(03).
           05  FILLER                    PIC X(26).
`;

export const POLICY_RECORDS = 240;
export const POLICY_LENGTH = 260;
/** Records (from 1) with a spoiled field: low-values in the premium, blanks in the balance. */
export const SPOILED = { premium: 97, balance: 181 } as const;

const LAST = ['ADAMS', 'BAKER', 'CASTELLANOS', 'DIETRICH', 'EKWUEME', 'FITZGERALD', 'GUPTA', 'HALVORSEN', 'IBRAHIM', 'JANSEN', 'KOWALSKI', 'LINDQVIST', 'MORENO', 'NAKAMURA', "O'BRIEN", 'PETROV', 'QUINTERO', 'ROSSI', 'SCHNEIDER', 'TANAKA', 'UNDERWOOD', 'VASQUEZ', 'WALSH', 'YILMAZ', 'ZIMMERMAN'];
const FIRST = ['ANNA', 'BRUNO', 'CLARA', 'DAVID', 'ELENA', 'FARID', 'GRACE', 'HIRO', 'INGRID', 'JAMAL', 'KATE', 'LUIS', 'MIRA', 'NOAH', 'OLGA', 'PAUL', 'RUTH', 'SAMUEL', 'TERESA', 'VICTOR'];
const STREETS = ['HARBOR VIEW RD', 'MILL LANE', 'CEDAR AVE', 'STATION ST', 'OLD POST RD', 'LIGHTHOUSE WAY', 'ORCHARD DR', 'QUARRY HILL'];
const TOWNS: readonly (readonly [string, string])[] = [['PORT ALDEN', '04101'], ['WESTBRIDGE', '04092'], ['EAST HALLOW', '04330'], ['KINGSMERE', '04401'], ['NORTH FERRY', '04915']];
const COVERAGES = { AUT: ['LIAB', 'COLL', 'COMP', 'MEDP'], HOM: ['DWEL', 'PERS', 'LIAB', 'LOSS'], LIF: ['DEAT', 'ACCD', 'WAIV', 'CRIT'] } as const;
type Product = keyof typeof COVERAGES;

export function policyMaster(): Uint8Array {
  const choice = new SeededChoice(20_260_401);
  return Buffer.concat(Array.from({ length: POLICY_RECORDS }, (_, at) => policyRecord(at + 1, choice)));
}

function policyRecord(number: number, choice: SeededChoice): Buffer {
  const product: Product = choice.of(['AUT', 'AUT', 'HOM', 'HOM', 'LIF'] as const);
  const [town, postal] = choice.of(TOWNS);
  const effective = choice.day('2024-01-01', 800);
  const premium = product === 'LIF' ? choice.whole(18_000, 240_000) : choice.whole(32_000, 310_000);
  const record = Buffer.concat([
    text(`P${String(4_000_000 + number * 37).padStart(9, '0')}`, 10),
    text(product, 3),
    text(choice.of(['A', 'A', 'A', 'A', 'L', 'C']), 1),
    text(choice.of(LAST), 20),
    text(choice.of(FIRST), 15),
    text(choice.day('1946-01-01', 21_000), 10),
    text(`${choice.whole(1, 980)} ${choice.of(STREETS)}`, 25),
    text(town, 25),
    text(postal, 5),
    text(effective, 10),
    text(`${Number(effective.slice(0, 4)) + 1}${effective.slice(4) === '-02-29' ? '-02-28' : effective.slice(4)}`, 10),
    number === SPOILED.premium ? Buffer.alloc(5) : packed(premium, 5),
    packed(product === 'LIF' ? choice.whole(50, 900) * 100_000 : choice.whole(12, 750) * 100_000, 6),
    number === SPOILED.balance ? text('', 9) : zoned(choice.chance(0.25) ? -choice.whole(1, 60_000) : choice.whole(0, premium), 9),
    binary(choice.of([0, 0, 0, 1, 1, 2, 3]), 2),
    binary(10_000_000 + choice.whole(1, 42) * 113, 4),
    ...coverages(product, choice),
    risk(product, effective, choice),
    text('', 26),
  ]);
  if (record.length !== POLICY_LENGTH) throw new Error(`policy ${number} takes ${record.length} bytes instead of ${POLICY_LENGTH}`);
  return record;
}

function coverages(product: Product, choice: SeededChoice): Buffer[] {
  const count = choice.whole(1, 4);
  const rows = COVERAGES[product].map((code, at) =>
    at < count ? Buffer.concat([text(code, 4), packed(choice.whole(5, 500) * 10_000, 5), packed(choice.of([0, 250, 500, 1000, 2500]), 3)]) : Buffer.concat([text('', 4), packed(0, 5), packed(0, 3)]),
  );
  return [text(String(count).padStart(2, '0'), 2), ...rows];
}

function risk(product: Product, effective: string, choice: SeededChoice): Buffer {
  const year = Number(effective.slice(0, 4));
  if (product === 'AUT') return Buffer.concat([text(vehicleId(choice), 17), text(String(year - choice.whole(0, 14)), 4), text('', 3)]);
  if (product === 'HOM') return Buffer.concat([text(choice.of(['BRICK', 'TIMBER FRAME', 'CONCRETE', 'STONE']), 17), text(String(choice.whole(1898, 2021)), 4), text(choice.of(['001', '002', '003']), 3)]);
  return Buffer.concat([text(choice.of(['SPOUSE', 'CHILD', 'PARENT', 'ESTATE']), 17), text(String(choice.whole(1940, 2015)), 4), text(choice.of(['NO', 'NO', 'YES']), 3)]);
}

const vehicleId = (choice: SeededChoice): string => Array.from({ length: 17 }, () => choice.of([...'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'])).join('');

/** Characters of cp037 that the file uses. */
const CP037 = new Map<string, number>([
  ...[...'ABCDEFGHI'].map((c, at) => [c, 0xc1 + at] as const), ...[...'JKLMNOPQR'].map((c, at) => [c, 0xd1 + at] as const), ...[...'STUVWXYZ'].map((c, at) => [c, 0xe2 + at] as const),
  ...[...'0123456789'].map((c, at) => [c, 0xf0 + at] as const), [' ', 0x40], ['-', 0x60], ["'", 0x7d], ['.', 0x4b],
]);

const text = (value: string, length: number): Buffer => Buffer.from([...value.padEnd(length).slice(0, length)].map((c) => CP037.get(c) ?? 0x6f));

function packed(value: number, length: number): Buffer {
  return Buffer.from(String(Math.abs(value)).padStart(length * 2 - 1, '0') + (value < 0 ? 'd' : 'c'), 'hex');
}

function zoned(value: number, length: number): Buffer {
  const bytes = text(String(Math.abs(value)).padStart(length, '0'), length);
  bytes[length - 1] = (bytes[length - 1]! & 0x0f) | (value < 0 ? 0xd0 : 0xc0);
  return bytes;
}

function binary(value: number, length: 2 | 4): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeIntBE(value, 0, length);
  return bytes;
}
