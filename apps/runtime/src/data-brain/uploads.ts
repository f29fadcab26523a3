import { failure, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import type { CompiledBundle } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import type { PersonalData } from '../personal-data/personal-data.js';
import { mixedFileSubject } from '../personal-data/mixed-files.js';
import type { Admission } from '../acceptance/admission.js';
import type { Acceptance } from '../acceptance/acceptance.js';

/** What a tenant has taken, by its records. */
export interface TenantUsage {
  /** Bytes in the store by its uploads. */
  uploadedBytes(tenantId: string): Promise<number>;
  /** Executions that were accepted since a time (milliseconds since the epoch), children among them, but for those of governance and of the Runtime itself. */
  acceptedSince(tenantId: string, from: number): Promise<number>;
}

/** In bytes: the largest single upload, and what the tenant’s quota leaves. */
interface Limits {
  readonly largest: number;
  readonly left: number;
}

type Grant = SubjectRequest<'runtime.upload.grant'>;

/** The intent of an upload: its saga, declared by City Manager, waits for the gateway's word that the bytes are there. */
const UPLOAD = 'runtime.upload';

/** Upload grants: an upload is an intent like any other, accepted before its first byte; a denied one leaves none. */
export class Uploads {
  constructor(
    private readonly acceptance: Acceptance,
    private readonly admission: Admission,
    private readonly usage: TenantUsage,
    private readonly personal: PersonalData,
  ) {}

  async grant(request: Grant): Promise<SubjectReply<'runtime.upload.grant'>> {
    const { caller, session_id, filename, media_type, declared_size, classification, subject, subject_column, correlation_id } = request;
    let limits: Limits = { largest: 0, left: 0 };
    const payload = { filename, media_type, ...(declared_size === undefined ? {} : { declared_size }), ...(classification === undefined ? {} : { classification }), ...(subject === undefined ? {} : { subject }), ...(subject_column === undefined ? {} : { subject_column }) };
    const outcome = await this.admission.through(caller.tenant_id, UPLOAD, () => this.acceptance.submit({
      caller,
      submission: { intent_type: UPLOAD, session_id, payload, metadata: {} },
      correlationId: correlation_id,
      guard: async (bundle) => {
        limits = await this.limits(bundle, caller.tenant_id);
        return refusal(declared_size ?? 0, limits);
      },
    }));
    const seal = await this.sealing(caller.tenant_id, outcome.executionId, request);
    return { execution_id: outcome.executionId, ...(seal === undefined ? {} : { seal }), max_bytes: Math.min(limits.largest, limits.left), limited_by: limits.left < limits.largest ? 'quota' : 'size' };
  }

  /** A file that is somebody's is stored under its subject's key; a table of several subjects under a key of its own. */
  private async sealing(tenantId: string, executionId: string, { subject, subject_column }: Grant): Promise<SubjectReply<'runtime.upload.grant'>['seal']> {
    if (subject === undefined && subject_column === undefined) return undefined;
    const { keys, objects } = this.personal;
    const owner = await keys.claim(tenantId, subject ?? mixedFileSubject(`${executionId}/receive/file`));
    const { key, sealed } = await objects.begin(tenantId, [owner]);
    return { key: Buffer.from(key).toString('base64url'), sealed: { ...sealed, ...(subject === undefined && subject_column !== undefined ? { subject_column } : {}) } };
  }

  /** Without a quota the room is the largest upload alone. */
  private async limits(bundle: CompiledBundle, tenantId: string): Promise<Limits> {
    const tenant = bundle.tenant(tenantId);
    const largest = tenant?.max_upload_bytes ?? 0;
    const quota = tenant?.upload_quota_bytes;
    const left = quota === undefined ? Number.MAX_SAFE_INTEGER : Math.max(0, quota - (await this.usage.uploadedBytes(tenantId)));
    return { largest, left };
  }
}

function refusal(size: number, { largest, left }: Limits): PlatformError | undefined {
  if (size > largest) return failure('upload.too_large', { field: '/declared_size', message: `the file has ${size} bytes; the tenant’s limit is ${largest}` });
  if (left <= 0 || size > left) return failure('upload.quota_exceeded', { field: '/declared_size', message: `the tenant’s quota leaves ${left} bytes` });
  return undefined;
}
