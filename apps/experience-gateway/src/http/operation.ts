import { applyDecorators, createParamDecorator, HttpCode, RequestMapping, RequestMethod, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { ErrorCode } from '@symphainy/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Authenticated } from '../auth/authenticated.js';
import { readInput } from './input.js';

/** One answer an operation may give, apart from problems. */
export interface ReplyContract {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default: application/json when there is a schema. */
  readonly mediaType?: string;
  /** Header name → what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One route: what it takes, what it answers, who may call it. The single source for routing, for the shape check and for OpenAPI.
 * Paths are written as Fastify does (`/v1/sessions/:session_id`).
 */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `caller`: credentials are required. `public`: open to everyone; it must tell no data of a tenant. */
  readonly access: 'caller' | 'public';
  /** It changes nothing, although it is no GET. */
  readonly safe?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** JSON body. */
  readonly body?: z.ZodType;
  /** Its protocol knows no 415: a body of another media type is a malformed request. */
  readonly malformedMedia?: true;
  /** A body that is no JSON, for the document only: the route reads it itself. */
  readonly form?: z.ZodType;
  /** Request header → what it does. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly replies: Readonly<Record<number, ReplyContract>>;
  /** Codes it may answer with beyond those of every route. */
  readonly failures?: readonly ErrorCode[];
}

type Parsed<S> = S extends z.ZodType ? z.infer<S> : undefined;

/** What a handler gets: everything checked, and who is calling. */
export interface Input<O extends Operation> {
  readonly params: Parsed<O['params']>;
  readonly query: Parsed<O['query']>;
  readonly body: Parsed<O['body']>;
  readonly auth: Authenticated;
  readonly correlationId: string;
  /** Of an operation whose contract names the header. */
  readonly idempotencyKey: string | undefined;
}

export const operation = <const O extends Operation>(contract: O): O => contract;

/** The status of an operation's first success. */
export const successOf = (contract: Operation): number => Math.min(...Object.keys(contract.replies).map(Number));

/** Serves an operation with a Nest handler. */
export const Serves = (contract: Operation): MethodDecorator =>
  applyDecorators(RequestMapping({ path: contract.path, method: RequestMethod[contract.method] }), HttpCode(successOf(contract)), RouteConfig({ operation: contract }));

/** The handler's checked input; refused requests never reach the handler. */
export const Checked = createParamDecorator((contract: Operation, context: ExecutionContext) => readInput(contract, context.switchToHttp().getRequest<FastifyRequest>()));

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation;
    /** Routes outside the operations (console files, service-host's own) that are open. */
    open?: boolean;
  }
  interface FastifyRequest {
    /** Set by the caller guard on every route that is not open. */
    auth: Authenticated | undefined;
    correlationId: string;
  }
}
