import { Controller, Inject } from '@nestjs/common';
import { type Caller, errorCodes, type ErrorCode, failure, type RegistryPage, type SubjectReply } from '@symphainy/contracts';
import { isoTime, type Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { z } from 'zod';
import { Checked, type Input, Serves } from '../http/operation.js';
import { openApiDocument } from '../openapi/openapi-document.js';
import { operations } from './operations.js';
import { type capabilityView, type errorEntry, listCapabilities, listErrors, readCapability, readError, readMe, readMetrics, readOpenApi, searchRegistry } from './platform.operations.js';

@Controller()
export class PlatformController {
  private document: Record<string, Json> | undefined;

  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(listCapabilities)
  capabilities(@Checked(listCapabilities) { auth }: Input<typeof listCapabilities>): Promise<SubjectReply<'runtime.capability.list'>> {
    return this.host.channels.request('runtime.capability.list', {}, { caller: auth.caller });
  }

  @Serves(searchRegistry)
  registry(@Checked(searchRegistry) { auth, query }: Input<typeof searchRegistry>): Promise<RegistryPage> {
    const { limit, cursor, ...asked } = query;
    return this.host.channels.request('runtime.registry.search', {}, { caller: auth.caller, query: asked, limit, ...(cursor === undefined ? {} : { cursor }) });
  }

  @Serves(readCapability)
  async capability(@Checked(readCapability) { auth, params }: Input<typeof readCapability>): Promise<z.infer<typeof capabilityView>> {
    const { capabilities } = await this.host.channels.request('runtime.capability.list', {}, { caller: auth.caller });
    const found = capabilities.find((one) => one.name === params.intent_type);
    if (found === undefined) throw failure('intent.unknown', { message: `no capability serves ${params.intent_type}`, field: '/params/intent_type' });
    return found;
  }

  @Serves(readMe)
  me(@Checked(readMe) { auth }: Input<typeof readMe>): Caller & { expires_at?: string } {
    return { ...auth.caller, ...(auth.expiresAt === undefined ? {} : { expires_at: isoTime(auth.expiresAt) }) };
  }

  @Serves(readMetrics)
  metrics(@Checked(readMetrics) { auth }: Input<typeof readMetrics>): Promise<SubjectReply<'runtime.metrics.read'>> {
    return this.host.channels.request('runtime.metrics.read', {}, { caller: auth.caller });
  }

  @Serves(listErrors)
  errors(): { errors: z.infer<typeof errorEntry>[] } {
    return { errors: (Object.keys(errorCodes) as ErrorCode[]).map((code) => ({ code, ...errorCodes[code] })) };
  }

  @Serves(readError)
  error(@Checked(readError) { params }: Input<typeof readError>): z.infer<typeof errorEntry> {
    if (!Object.hasOwn(errorCodes, params.code)) throw failure('request.not_found', { message: `there is no error code ${params.code}` });
    return { code: params.code, ...errorCodes[params.code as ErrorCode] };
  }

  @Serves(readOpenApi)
  openApi(): Record<string, Json> {
    return (this.document ??= openApiDocument(operations, this.host.build));
  }
}
