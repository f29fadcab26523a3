import { Controller, Inject } from '@nestjs/common';
import type { SubjectReply } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { Checked, type Input, Serves } from '../http/operation.js';
import { queryState, queryWal, readState } from './state.operations.js';

@Controller()
export class StateController {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(readState)
  read(@Checked(readState) { auth, params }: Input<typeof readState>): Promise<SubjectReply<'runtime.state.read'>> {
    return this.host.channels.request('runtime.state.read', {}, { caller: auth.caller, ...params });
  }

  @Serves(queryState)
  query(@Checked(queryState) { auth, query }: Input<typeof queryState>): Promise<SubjectReply<'runtime.state.query'>> {
    return this.host.channels.request('runtime.state.query', {}, { caller: auth.caller, ...query });
  }

  @Serves(queryWal)
  wal(@Checked(queryWal) { auth, query }: Input<typeof queryWal>): Promise<SubjectReply<'runtime.wal.query'>> {
    return this.host.channels.request('runtime.wal.query', {}, { caller: auth.caller, ...query });
  }
}
