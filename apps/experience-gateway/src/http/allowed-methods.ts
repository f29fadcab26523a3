import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Which methods each path takes, learnt from the server's routes, for telling a wrong method from an unknown route. */
@Injectable()
export class AllowedMethods {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** Call before routes are added. */
  install(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => this.learn(url, [method].flat()));
  }

  /** Methods of a path, sorted; none when there is no such route. */
  of(path: string): string[] {
    return [...new Set([...this.routes.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]))].sort();
  }

  /** A route that takes whatever there is (a catch-all) says nothing about paths. */
  private learn(url: string, methods: readonly string[]): void {
    if (url.includes('*')) return;
    const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const method of methods) route.methods.add(method);
    this.routes.set(url, route);
  }
}

const patternOf = (url: string): RegExp => new RegExp(`^${url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))).join('/')}$`);
