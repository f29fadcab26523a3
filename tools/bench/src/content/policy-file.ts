/**
 * A seeded book of policies as a mainframe would hold it: records of 1,430 bytes in cp037, 65 fields of every common usage. The record of a number is the same
 * whichever range is asked for, so that a file of any size is written in pieces and every decoded value can be told in advance.
 */
export const POLICY_BYTES = 1430;

const COVERS = 8;
const HOLDERS = 2;

export const policyCopybook = [
  '01  POLICY-RECORD.',
  '    05  POLICY-NO            PIC 9(9).',
  '    05  PRODUCT-CODE         PIC X(6).',
  '    05  STATUS-CODE          PIC X.',
  "        88  IN-FORCE         VALUE 'A'.",
  "        88  LAPSED           VALUE 'L' THRU 'N'.",
  '    05  ISSUE-DATE           PIC 9(8).',
  '    05  BRANCH-NO            PIC S9(4) COMP.',
  '    05  ANNUAL-PREMIUM       PIC S9(9)V99 COMP-3.',
  '    05  BALANCE              PIC S9(9)V99.',
  '    05  CLAIMS-COUNT         PIC S9(9) COMP.',
  '    05  RISK-FACTOR          COMP-2.',
  `    05  HOLDER               OCCURS ${HOLDERS} TIMES.`,
  '        10  HOLDER-NAME      PIC X(40).',
  '        10  BIRTH-DATE       PIC 9(8).',
  '        10  ADDRESS-LINE     PIC X(50) OCCURS 3 TIMES.',
  '        10  POSTCODE         PIC X(10).',
  '        10  PHONE            PIC X(16).',
  `    05  COVER                OCCURS ${COVERS} TIMES.`,
  '        10  COVER-CODE       PIC X(4).',
  '        10  COVER-FROM       PIC 9(8).',
  '        10  SUM-INSURED      PIC S9(11)V99 COMP-3.',
  '        10  PREMIUM          PIC S9(7)V99 COMP-3.',
  '        10  DEDUCTIBLE       PIC S9(7)V99.',
  '    05  AGENT-NAME           PIC X(30).',
  '    05  NOTES                PIC X(240).',
  '    05  FILLER               PIC X(393).',
]
  .map((line) => `       ${line}\n`)
  .join('');

export const premiumCents = (number: number, seed: number): number => (Math.imul(number, 2_654_435_761) + Math.imul(seed, 97)) >>> 8;

/** Records `from` to `from + count - 1`, numbered from 1. */
export function policyBytes(from: number, count: number, seed: number): Buffer {
  const out = Buffer.alloc(count * POLICY_BYTES, 0x40);
  const writer = new RecordWriter(out);
  for (let at = 0; at < count; at++) writePolicy(writer.begin(at * POLICY_BYTES), from + at, seed);
  return out;
}

const PLACES = ['HARBOUR STREET', 'MILL LANE', 'STATION ROAD', 'CHURCH HILL', 'MARKET SQUARE'];
const NAMES = ['ADAMS', 'BAKER', 'CLARKE', 'DAVIES', 'EVANS', 'FOSTER', 'GREEN'];

function writePolicy(w: RecordWriter, number: number, seed: number): void {
  const premium = premiumCents(number, seed);
  w.zoned(number, 9).text(`MOT${number % 900}`, 6).text('ALN'[number % 3]!, 1).zoned(19_900_101 + (number % 300_000), 8).binary(number % 900, 2);
  w.packed(premium, 6).zoned(premium % 100_000_000, 11, 0xc0).binary(number % 12, 4).double(1 + (number % 100) / 64);
  for (let holder = 0; holder < HOLDERS; holder++) {
    w.text(`${NAMES[(number + holder) % NAMES.length]!} ${number}`, 40).zoned(19_400_101 + (number % 500_000), 8);
    for (let line = 0; line < 3; line++) w.text(line === 2 ? '' : `${(number % 200) + 1} ${PLACES[(number + line) % PLACES.length]!}`, 50);
    w.text(`PC${number % 10_000}`, 10).text(`+44 20 ${number % 10_000_000}`, 16);
  }
  for (let cover = 0; cover < COVERS; cover++) w.text(`C${cover}`, 4).zoned(20_200_101 + cover, 8).packed(premium * 10 + cover, 7).packed((premium % 10_000_000) + cover, 5).zoned(cover * 10_000, 9, 0xd0);
  w.text(`AGENT ${number % 500}`, 30).text(`POLICY ${number} RENEWED WITHOUT A CLAIM`, 240);
}

const DIGIT_ZERO = 0xf0;
const LETTERS: Readonly<Record<string, number>> = Object.fromEntries([
  ...[...'ABCDEFGHI'].map((c, i) => [c, 0xc1 + i] as const), ...[...'JKLMNOPQR'].map((c, i) => [c, 0xd1 + i] as const), ...[...'STUVWXYZ'].map((c, i) => [c, 0xe2 + i] as const),
  ...[...'0123456789'].map((c, i) => [c, DIGIT_ZERO + i] as const), [' ', 0x40] as const, ['+', 0x4e] as const,
]);

/** Writes fields one behind the other. */
class RecordWriter {
  private at = 0;
  constructor(private readonly out: Buffer) {}

  begin(at: number): this {
    this.at = at;
    return this;
  }

  text(text: string, length: number): this {
    for (let i = 0; i < text.length && i < length; i++) this.out[this.at + i] = LETTERS[text[i]!]!;
    this.at += length;
    return this;
  }

  /** `sign`: the zone of the last digit. */
  zoned(value: number, length: number, sign = DIGIT_ZERO): this {
    for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 10)) this.out[this.at + i] = (i === length - 1 ? sign : DIGIT_ZERO) + (rest % 10);
    this.at += length;
    return this;
  }

  packed(value: number, length: number): this {
    this.out[this.at + length - 1] = (value % 10) * 16 + 0x0c;
    for (let i = length - 2, rest = Math.floor(value / 10); i >= 0; i--, rest = Math.floor(rest / 100)) this.out[this.at + i] = Math.floor((rest % 100) / 10) * 16 + (rest % 10);
    this.at += length;
    return this;
  }

  binary(value: number, length: 2 | 4): this {
    this.at = this.out.writeIntBE(value, this.at, length);
    return this;
  }

  /** IBM hexadecimal, of values from 1 to below 16. */
  double(value: number): this {
    this.out[this.at] = 0x41;
    this.out.writeUIntBE(Math.round(value * 2 ** 44), this.at + 1, 6);
    this.out[this.at + 7] = 0;
    this.at += 8;
    return this;
  }
}
