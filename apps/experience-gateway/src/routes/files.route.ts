import multipart from '@fastify/multipart';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readUploadForm } from '../uploads/upload-form.js';
import { UploadService } from '../uploads/upload.service.js';
import { uploadFile } from './artifacts.operations.js';

/** What may still come in after a refusal, so that the sender gets to read the answer; then the connection is cut. */
const LINGER_BYTES = 16 * 1024 * 1024;

/** POST /v1/files, in a context of its own: only here does the server take multipart bodies (and pay for it). */
@Injectable()
export class FilesRoute {
  constructor(@Inject(UploadService) private readonly uploads: UploadService) {}

  install(server: FastifyInstance): void {
    void server.register(async (context) => {
      await context.register(multipart);
      context.route({ method: uploadFile.method, url: uploadFile.path, config: { operation: uploadFile }, handler: this.handle });
    });
  }

  private readonly handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    try {
      const done = await this.uploads.receive(request.auth!.caller, await readUploadForm(request), request.correlationId);
      return reply.status(201).header('location', `/v1/artifacts/${done.reference}`).send(done);
    } catch (error) {
      linger(request);
      throw error;
    }
  };
}

function linger(request: FastifyRequest): void {
  let rest = LINGER_BYTES;
  request.raw.on('data', (chunk: Uint8Array) => {
    rest -= chunk.length;
    if (rest < 0) request.raw.destroy();
  });
  request.raw.resume();
}
