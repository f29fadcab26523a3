/** Preloaded into a gateway under proof: it takes for JSON whatever JavaScript does. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const load = createRequire(__filename);

interface Server {
  removeContentTypeParser(types: string[]): void;
  addContentTypeParser(type: string, options: { parseAs: 'string' }, parse: (request: unknown, body: string, done: (error: null, value: unknown) => void) => void): void;
}

const parser = load(join(__dirname, '..', '..', '..', '..', 'apps', 'experience-gateway', 'dist', 'http', 'json-body.js')) as { onlyJson: (server: Server) => void };

parser.onlyJson = (server) => {
  server.removeContentTypeParser(['application/json', 'text/plain']);
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body === '' ? undefined : JSON.parse(body)));
};
