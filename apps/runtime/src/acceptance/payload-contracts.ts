import { artifactId, failure, words, type Json, type RegisteredCapability } from '@symphainy/contracts';
import { hashOf, type PlatformError } from '@symphainy/kernel';
import type { SchemaValidateFunction } from 'ajv';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { isCron, isTimeZone, occurs } from './cron.js';

/** What a payload names: artifacts that its steps may read, executions that it is about, whether it is about everybody's, and what will be submitted for it. */
export interface NamedThings {
  readonly references: readonly NamedReference[];
  readonly executions: readonly NamedReference[];
  readonly everybodys: boolean;
  readonly submissions: readonly NamedSubmission[];
}

/** An intent that is submitted later, and the service identity that does. `field`: where in the payload both stand. */
export interface NamedSubmission {
  readonly field: string;
  readonly as: string;
  readonly intentType: string;
  readonly payload: { [key: string]: Json };
}

/** A field of a payload that names an artifact or an execution. */
export interface NamedReference {
  readonly field: string;
  readonly reference: string;
}

const CONTRACTS_MAX = 2000;

/**
 * Input and output contracts (JSON Schema 2020-12), compiled once per schema content. While an input is checked, every string that
 * its contract marks `"format": "data-reference"` is collected: those are the references its execution may read. So are `execution-reference`
 * (an execution the intent is about) and `execution-scope` (`tenant`: about everybody's). An object that its contract marks `"x-occurs": true` tells a
 * cron expression (`cron`, `time_zone`, `until`) that has to occur. One that is marked `"x-submits": true` tells an intent (`intent`) that the service identity `as` will submit.
 */
export class PayloadContracts {
  private readonly compiled = new LRUCache<string, ValidateFunction>({ max: CONTRACTS_MAX });
  /** By identity, so that the hot path hashes no schema: a capability object lives as long as its bundle. */
  private readonly bySchema = new WeakMap<object, ValidateFunction>();
  private readonly collected: string[] = [];
  private readonly executions: string[] = [];
  private readonly submissions: NamedSubmission[] = [];
  private everybodys = false;
  /** The moment of the intent whose payload is checked, in milliseconds since the epoch. */
  private at = 0;

  /** References the payload names, or the first thing wrong with it: `intent.payload_invalid`, naming the field. `at`: when the intent came (RFC 3339). */
  checkInput(capability: RegisteredCapability, payload: { [key: string]: Json }, at: string): NamedThings | { error: PlatformError } {
    const validate = this.validator(capability.input_contract);
    this.at = Date.parse(at);
    this.collected.length = 0;
    this.executions.length = 0;
    this.submissions.length = 0;
    this.everybodys = false;
    if (!validate(payload)) return { error: failure('intent.payload_invalid', told(validate.errors?.[0], '/payload')) };
    if (this.collected.length + this.executions.length + this.submissions.length === 0 && !this.everybodys) return NOTHING_NAMED;
    return { references: fieldsOf(payload, new Set(this.collected)), executions: fieldsOf(payload, new Set(this.executions)), everybodys: this.everybodys, submissions: [...this.submissions] };
  }

  /** What is wrong with the last step's output, if anything: `execution.output_invalid`. */
  checkOutput(capability: RegisteredCapability, output: Json | undefined): PlatformError | undefined {
    const validate = this.validator(capability.output_contract);
    return validate(output ?? null) ? undefined : failure('execution.output_invalid', told(validate.errors?.[0], '/output'));
  }

  /** What of a value does not fit a schema, if anything. */
  misfitOf(schema: { [key: string]: Json }, value: Json): { readonly message: string; readonly field: string } | undefined {
    const validate = this.validator(schema);
    return validate(value) ? undefined : told(validate.errors?.[0], '/content');
  }

  private validator(schema: { [key: string]: Json }): ValidateFunction {
    const known = this.bySchema.get(schema);
    if (known !== undefined) return known;
    const hash = hashOf(schema);
    const validate = this.compiled.get(hash) ?? this.compile(schema);
    this.compiled.set(hash, validate);
    this.bySchema.set(schema, validate);
    return validate;
  }

  /** An Ajv of its own per contract: `$id`s of different capabilities cannot meet. */
  private compile(schema: { [key: string]: Json }): ValidateFunction {
    const ajv = new Ajv2020({ strict: false, allErrors: false });
    addFormats(ajv);
    ajv.addFormat('data-reference', { type: 'string', validate: (text) => (this.collected.push(text), artifactId.safeParse(text).success) });
    ajv.addFormat('data-subject', true);
    ajv.addFormat('cron', { type: 'string', validate: isCron });
    ajv.addFormat('time-zone', { type: 'string', validate: isTimeZone });
    ajv.addKeyword({ keyword: 'x-occurs', type: 'object', schemaType: 'boolean', errors: true, validate: occurring(() => this.at) });
    ajv.addKeyword({ keyword: 'x-submits', type: 'object', schemaType: 'boolean', validate: submitting((named) => this.submissions.push(named)) });
    ajv.addFormat('execution-reference', { type: 'string', validate: (text) => (this.executions.push(text), true) });
    ajv.addFormat('execution-scope', { type: 'string', validate: (text) => ((this.everybodys ||= text !== 'mine'), true) });
    return ajv.compile(schema);
  }
}

const NOTHING_NAMED: NamedThings = { references: [], executions: [], everybodys: false, submissions: [] };

const submission = z.object({ as: z.string(), intent: z.object({ intent_type: z.string(), payload: words.jsonObject.default({}) }) });

/** Tells of what will be submitted. What of it does not fit is told by the rest of the contract. */
const submitting = (tell: (named: NamedSubmission) => void): SchemaValidateFunction => (_wanted: boolean, value: { [key: string]: Json }, _schema, context) => {
  const { success, data } = submission.safeParse(value);
  if (success) tell({ field: `/payload${context?.instancePath ?? ''}`, as: data.as, intentType: data.intent.intent_type, payload: data.intent.payload });
  return true;
};

/** What the formats of this platform ask for, in words that help. */
const WANTED: Readonly<Record<string, string>> = {
  cron: 'must be a cron expression of five fields (minute hour day month weekday), or six with seconds first, such as 0 6 * * 1',
  'time-zone': 'must be an IANA time zone, such as Europe/Berlin',
};

/** Says where the one thing is wrong that no single field tells: a schedule that never fires. What a field's own format refuses is not looked at. */
function occurring(now: () => number): SchemaValidateFunction {
  const check: SchemaValidateFunction = (_wanted: boolean, { cron, time_zone: zone = 'UTC', until }: { [key: string]: Json }, _schema, context) => {
    const last = typeof until === 'string' ? Date.parse(until) : Number.NaN;
    if (typeof cron !== 'string' || typeof zone !== 'string' || !isCron(cron) || !isTimeZone(zone)) return true;
    if (occurs(cron, zone, now(), Number.isNaN(last) ? undefined : last)) return true;
    const [member, message] = occurs(cron, zone, now()) ? ['until', `must be later: ${cron} does not occur before it`] : ['cron', `must occur at some time: there is no day on which ${cron} does`];
    check.errors = [{ keyword: 'x-occurs', instancePath: `${context?.instancePath ?? ''}/${member}`, message, params: {} }];
    return false;
  };
  return check;
}

function told(error: ErrorObject | undefined, root: string): { message: string; field: string } {
  const { missingProperty, additionalProperty } = (error?.params ?? {}) as { missingProperty?: string; additionalProperty?: string };
  const member = missingProperty ?? additionalProperty;
  const field = `${root}${error?.instancePath ?? ''}${member === undefined ? '' : `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`}`;
  return { field, message: `${field} ${(error === undefined ? undefined : wantedBy(error)) ?? 'does not fit the contract'}` };
}

const VALUES_TOLD = 20;

/** What would do, where the validator's own words do not say it. */
function wantedBy({ keyword, params, message }: ErrorObject): string | undefined {
  const { format = '', allowedValues = [], allowedValue } = params as { readonly format?: string; readonly allowedValues?: readonly Json[]; readonly allowedValue?: Json };
  if (keyword === 'format') return WANTED[format] ?? message;
  if (keyword === 'enum') return `must be one of ${allowedValues.slice(0, VALUES_TOLD).map((value) => JSON.stringify(value)).join(', ')}${allowedValues.length > VALUES_TOLD ? ', …' : ''}`;
  if (keyword === 'const') return `must be ${JSON.stringify(allowedValue)}`;
  return keyword === 'additionalProperties' ? 'is no member that is known here' : message;
}

/** Where in the payload these texts stand. */
function fieldsOf(value: Json, wanted: ReadonlySet<string>, pointer = '/payload'): NamedReference[] {
  if (typeof value === 'string') return wanted.has(value) ? [{ field: pointer, reference: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => fieldsOf(member, wanted, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}
