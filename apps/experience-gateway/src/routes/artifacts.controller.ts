import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { Artifact, SubjectReply } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ContentSender } from '../uploads/content-sender.js';
import { Checked, type Input, Serves } from '../http/operation.js';
import { listArtifacts, readArtifact, readContent } from './artifacts.operations.js';

@Controller()
export class ArtifactsController {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(ContentSender) private readonly sender: ContentSender,
  ) {}

  @Serves(listArtifacts)
  list(@Checked(listArtifacts) { auth, query }: Input<typeof listArtifacts>): Promise<SubjectReply<'runtime.artifact.list'>> {
    return this.host.channels.request('runtime.artifact.list', {}, { caller: auth.caller, ...query });
  }

  @Serves(readArtifact)
  async read(@Checked(readArtifact) { auth, params }: Input<typeof readArtifact>): Promise<Artifact> {
    const { content_key: _, masked_url: __, masked_name: ___, ...artifact } = await this.host.channels.request('runtime.artifact.read', {}, { caller: auth.caller, artifact_id: idOf(params) });
    return artifact;
  }

  @Serves(readContent)
  async content(@Checked(readContent) { auth, params }: Input<typeof readContent>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const artifact = await this.host.channels.request('runtime.artifact.read', {}, { caller: auth.caller, artifact_id: idOf(params) });
    await this.sender.send(auth.caller.tenant_id, artifact, request, reply);
  }
}

const idOf = (params: { execution_id: string; step: string; name: string }): string => `${params.execution_id}/${params.step}/${params.name}`;
