import type { CapabilityEntry } from '@symphainy/client';
import { useCallback, useMemo, useState } from 'react';
import type { Problem } from '../platform/problem.js';
import { sentence } from '../ui/format.js';
import { fieldFor, fieldsOf, payloadOf, valuesOf, type FieldProblem, type FieldValues, type Payload } from './payload-schema.js';
import { withUploads, type Upload } from './uploads.js';

/** A payload being written: as a form, or as JSON. */
export interface Draft {
  readonly fields: ReturnType<typeof fieldsOf>;
  readonly values: FieldValues;
  readonly raw: string | undefined;
  readonly setValue: (path: string, value: string) => void;
  readonly setRaw: (text: string) => void;
  /** Switch between form and JSON; from JSON back only while it reads as an object that the form can show. */
  readonly toggleRaw: () => void;
  readonly read: () => { readonly payload: Payload; readonly problems: readonly FieldProblem[] };
}

/** Where problems of the JSON text as a whole are kept. */
export const RAW_PATH = '';

export function useDraft(capability: CapabilityEntry | undefined, uploads: readonly Upload[], source: string | undefined): Draft {
  const [written, setWritten] = useState<FieldValues>(() => ({ ...(source !== undefined && { source }) }));
  const [raw, setRaw] = useState<string>();
  const fields = useMemo(() => fieldsOf(capability?.input_contract ?? {}), [capability]);
  const values = useMemo(() => withUploads(fields, written, uploads), [fields, written, uploads]);
  const setValue = useCallback((path: string, value: string) => setWritten((all) => ({ ...all, [path]: value })), []);
  const read = useCallback(() => (raw === undefined ? payloadOf(fields, values) : readRaw(raw)), [raw, fields, values]);
  const toggleRaw = useCallback(() => {
    if (raw === undefined) return setRaw(JSON.stringify(payloadOf(fields, values).payload, undefined, 2));
    const { payload, problems } = readRaw(raw);
    const back = valuesOf(fields, payload);
    if (problems.length > 0 || back.rest.length > 0) return undefined;
    setWritten(back.values);
    return setRaw(undefined);
  }, [raw, fields, values]);
  return { fields, values, raw, setValue, setRaw, toggleRaw, read };
}

function readRaw(text: string): { payload: Payload; problems: readonly FieldProblem[] } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { payload: value as Payload, problems: [] };
    return { payload: {}, problems: [{ path: RAW_PATH, message: 'A payload is a JSON object.' }] };
  } catch (malformed) {
    if (!(malformed instanceof SyntaxError)) throw malformed;
    return { payload: {}, problems: [{ path: RAW_PATH, message: `This is not JSON: ${malformed.message}.` }] };
  }
}

/** A refusal by the platform, put at the form's field it speaks of. */
export function problemAtField(draft: Draft, problem: Problem | undefined): readonly FieldProblem[] {
  if (problem === undefined || draft.raw !== undefined) return [];
  const told = problem.fields ?? (problem.field === undefined ? [] : [{ field: problem.field, message: problem.message }]);
  return told.flatMap(({ field: pointer, message }) => {
    const field = fieldFor(draft.fields, pointer);
    return field === undefined ? [] : [{ path: field.path, message: sentence(message) }];
  });
}
