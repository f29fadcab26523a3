import { Controller, Inject } from '@nestjs/common';
import type { Json, SubjectReply } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { Checked, type Input, Serves } from '../http/operation.js';
import { exportLineage, listReferences, readReference, resolveReference, traceDerived, traceValue, walkLineage } from './lineage.operations.js';

/** Traces read and parse the artifacts on their way; verifying reads whole objects. */
const READING = { timeoutMs: 30_000 };
const VERIFYING = { timeoutMs: 60_000 };

@Controller()
export class LineageController {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(listReferences)
  list(@Checked(listReferences) { auth, query }: Input<typeof listReferences>): Promise<SubjectReply<'runtime.reference.list'>> {
    return this.host.channels.request('runtime.reference.list', {}, { caller: auth.caller, ...query });
  }

  @Serves(readReference)
  read(@Checked(readReference) { auth, params }: Input<typeof readReference>): Promise<SubjectReply<'runtime.reference.read'>> {
    return this.host.channels.request('runtime.reference.read', {}, { caller: auth.caller, reference: idOf(params) });
  }

  @Serves(resolveReference)
  resolve(@Checked(resolveReference) { auth, params, query }: Input<typeof resolveReference>): Promise<SubjectReply<'runtime.reference.resolve'>> {
    return this.host.channels.request('runtime.reference.resolve', {}, { caller: auth.caller, reference: idOf(params), verify: query.verify === 'hash' }, VERIFYING);
  }

  @Serves(walkLineage)
  walk(@Checked(walkLineage) { auth, query }: Input<typeof walkLineage>): Promise<SubjectReply<'runtime.lineage.walk'>> {
    return this.host.channels.request('runtime.lineage.walk', {}, { caller: auth.caller, ...query }, READING);
  }

  @Serves(traceValue)
  value(@Checked(traceValue) { auth, query }: Input<typeof traceValue>): Promise<SubjectReply<'runtime.lineage.value'>> {
    return this.host.channels.request('runtime.lineage.value', {}, { caller: auth.caller, ...query }, READING);
  }

  @Serves(traceDerived)
  derived(@Checked(traceDerived) { auth, query }: Input<typeof traceDerived>): Promise<SubjectReply<'runtime.lineage.derived'>> {
    const { depth, limit, as_of, run, ...region } = query;
    return this.host.channels.request('runtime.lineage.derived', {}, { caller: auth.caller, region, depth, limit, as_of, run }, READING);
  }

  @Serves(exportLineage)
  async export(@Checked(exportLineage) { auth, params, query }: Input<typeof exportLineage>): Promise<Json> {
    return (await this.host.channels.request('runtime.lineage.export', {}, { caller: auth.caller, ...params, ...query }, READING)).document;
  }
}

const idOf = (params: { execution_id: string; step: string; name: string }): string => `${params.execution_id}/${params.step}/${params.name}`;
