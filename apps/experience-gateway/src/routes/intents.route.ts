import { Inject, Injectable } from '@nestjs/common';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { demandIntent } from '../auth/key-scope.js';
import { idempotencyKey } from '../http/idempotency-key.js';
import { check } from '../http/input.js';
import { IntentSubmitter, type Submission, type SubmissionOutcome } from '../submission/intent-submitter.js';
import { waitPreference } from '../submission/prefer.js';
import { quotaHeaders } from '../submission/quota-headers.js';
import { submitIntent } from './intents.operations.js';
import { linksOf, submissionShape } from './parts.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * POST /v1/intents, the platform's busiest route: put on the Fastify server itself, past Nest's per-request layers; the body is parsed
 * once, checked once, and the answer written once. The guard, the error filter and the document see it like any other operation.
 */
@Injectable()
export class IntentsRoute {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(IntentSubmitter) private readonly submitter: IntentSubmitter,
  ) {}

  install(server: FastifyInstance): void {
    server.route({ method: submitIntent.method, url: submitIntent.path, config: { operation: submitIntent }, handler: this.handle });
  }

  private readonly handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const submission = this.submissionOf(request);
    demandIntent(request.auth!, submission.intent_type);
    const wait = waitPreference(request.headers.prefer);
    const outcome = await this.submitter.submit({ caller: request.auth!.caller, submission, correlationId: request.correlationId, waitMs: (wait ?? 0) * 1000 });
    return answer(reply, outcome, wait);
  };

  private submissionOf(request: FastifyRequest): Submission {
    const shape = check(submissionShape, request.body ?? {}, '');
    const key = idempotencyKey(request.raw.headersDistinct['idempotency-key'], shape.idempotency_key);
    return { ...shape, intent_id: shape.intent_id ?? this.host.ids.next(), ...(key === undefined ? {} : { idempotency_key: key }) };
  }
}

function answer(reply: FastifyReply, outcome: SubmissionOutcome, wait: number | undefined): FastifyReply {
  const links = linksOf(outcome.execution_id);
  reply.header('content-type', JSON_TYPE);
  if (outcome.quota !== undefined) reply.headers(quotaHeaders(outcome.quota));
  if (wait !== undefined) reply.header('preference-applied', `wait=${wait}`);
  if (outcome.result !== undefined && wait !== undefined) return reply.status(200).header('content-location', links.result).send(JSON.stringify(outcome.result));
  const { execution_id, session_id, status, duplicate } = outcome;
  return reply.status(202).header('location', links.self).send(JSON.stringify({ execution_id, session_id, status, duplicate, links }));
}
