import { Controller, Inject } from '@nestjs/common';
import { failure, type Grant, type SubjectReply } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { Checked, type Input, Serves } from '../http/operation.js';
import { GovernedChanges } from '../submission/governed-changes.js';
import { approveGrant, listGrants, refuseGrant, requestGrant, revokeGrant } from './security.operations.js';

type Deciding = Input<typeof approveGrant>;

/** What a decision may be made of, and what it makes. */
const DECISIONS = {
  approve_grant: { from: ['requested'], to: 'approved' },
  refuse_grant: { from: ['requested'], to: 'refused' },
  revoke_grant: { from: ['requested', 'approved'], to: 'revoked' },
} as const satisfies Record<string, { from: readonly Grant['status'][]; to: Grant['status'] }>;

/** Just-in-time grants: asked for by one, approved by another; each step is a governed intent, and answered once it is in force. */
@Controller()
export class GrantsController {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(GovernedChanges) private readonly changes: GovernedChanges,
  ) {}

  @Serves(listGrants)
  list(@Checked(listGrants) { auth, query }: Input<typeof listGrants>): Promise<SubjectReply<'runtime.grant.list'>> {
    return this.host.channels.request('runtime.grant.list', {}, { caller: auth.caller, ...query });
  }

  @Serves(requestGrant)
  async request(@Checked(requestGrant) { auth, body, correlationId }: Input<typeof requestGrant>): Promise<Grant> {
    const id = await this.changes.submit(auth, correlationId, 'request_grant', JSON.parse(JSON.stringify(body)) as { [key: string]: Json });
    const grant = await this.changes.inForce(async () => (await this.changes.grants(auth.caller)).get(id));
    if (grant === undefined) throw failure('wait.elapsed', { message: 'the request is recorded, and does not show yet', details: { execution_id: id } });
    return grant;
  }

  @Serves(approveGrant)
  approve(@Checked(approveGrant) input: Deciding): Promise<Grant> {
    return this.decide('approve_grant', input);
  }

  @Serves(refuseGrant)
  refuse(@Checked(refuseGrant) input: Deciding): Promise<Grant> {
    return this.decide('refuse_grant', input);
  }

  @Serves(revokeGrant)
  revoke(@Checked(revokeGrant) input: Deciding): Promise<Grant> {
    return this.decide('revoke_grant', input);
  }

  private async decide(action: keyof typeof DECISIONS, { auth, params, body, correlationId }: Deciding): Promise<Grant> {
    const { grant_id } = params;
    const { from, to } = DECISIONS[action];
    const present = (await this.changes.grants(auth.caller)).get(grant_id);
    if (present === undefined) throw failure('grant.not_found', { field: '/params/grant_id' });
    if (!(from as readonly string[]).includes(present.status)) throw failure('grant.not_pending', { message: `the grant is ${present.status}` });
    await this.changes.submit(auth, correlationId, action, { grant_id, ...(body.reason === undefined ? {} : { reason: body.reason }) });
    const settled = await this.changes.inForce(async () => {
      const now = (await this.changes.grants(auth.caller)).get(grant_id);
      return now?.status === present.status ? undefined : now;
    });
    if (settled?.status !== to) throw failure('grant.not_pending', { message: settled === undefined ? 'the grant’s request has lapsed' : `the grant is ${settled.status}` });
    return settled;
  }
}
