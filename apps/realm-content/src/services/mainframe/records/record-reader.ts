import { failure } from '@symphainy/contracts';

/** A record's bytes: `start` inclusive, `end` exclusive, both in the file. */
export interface RecordRange {
  readonly start: number;
  readonly end: number;
}

export interface FixedForm {
  /** Bytes from one record to the next. */
  readonly length: number;
  /** Bytes at the start of each record that the copybook does not describe. Default 0. */
  readonly prefix?: number | undefined;
  /** Bytes before the first and after the last record. Default 0. */
  readonly header?: number | undefined;
  readonly trailer?: number | undefined;
}

/** Records of one length, one after the other. The bytes between header and trailer must be a whole number of records. */
export function* fixedRecords(size: number, form: FixedForm): Generator<RecordRange> {
  const { length, prefix = 0, header = 0, trailer = 0 } = form;
  if (length < 1) throw failure('copybook.mismatch', { message: 'the copybook describes records of 0 bytes, which no file is made of', field: '/copybook', details: { record_bytes: length } });
  const body = size - header - trailer;
  if (body < 0 || body % length !== 0) throw notWhole(size, form);
  for (let start = header; start < header + body; start += length) yield { start: start + prefix, end: start + length };
}

function notWhole(size: number, { length, header = 0, trailer = 0 }: FixedForm): Error {
  const around = header + trailer > 0 ? ` less ${header + trailer} bytes of header and trailer` : '';
  const rest = Math.max(0, size - header - trailer) % length;
  return failure('copybook.mismatch', {
    message: `the file has ${size} bytes${around}, which is no whole number of records of ${length} bytes (${rest} bytes are left over)`,
    field: '/copybook',
    details: { file_bytes: size, record_bytes: length, left_over: rest },
  });
}
