// The console is built into static files that the gateway serves under /console/ (any folder works: all addresses are relative).
import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defaultClientConditions, defineConfig } from 'vite';

/** What pdf.js fetches when a document needs it: character maps, the standard fonts, and the decoders of pictures that run without WebAssembly, which the content policy does not allow. */
function pdfFiles() {
  const root = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    name: 'pdf-files',
    generateBundle() {
      for (const folder of ['cmaps', 'standard_fonts', 'wasm'])
        for (const file of readdirSync(join(root, folder)).filter((name) => folder !== 'wasm' || name.includes('nowasm') || name.startsWith('LICENSE')))
          this.emitFile({ type: 'asset', fileName: `assets/pdfjs-${version}/${folder}/${file}`, source: readFileSync(join(root, folder, file)) });
    },
  };
}

/**
 * The contracts' door names modules that are for services; what they export is looked at to find the few functions that the console takes, and left out. That none of it comes along is
 * checked here, so the notices that some of it wants Node are not for us.
 */
function browserCodeOnly() {
  const allowed = /[/\\](?:apps[/\\]console|libs[/\\]client|libs[/\\]contracts[/\\]src[/\\](?:cell-place|bundle-lists)\.ts|node_modules)/;
  return {
    name: 'browser-code-only',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle))
        for (const [id, { renderedLength }] of Object.entries(chunk.type === 'chunk' ? chunk.modules : {}))
          if (renderedLength > 0 && /[/\\](?:libs|apps)[/\\]/.test(id) && !allowed.test(id)) this.error(`${id} is code of services, and came into ${chunk.fileName}`);
    },
  };
}

const forServices = (log) => log.message.includes('Module "node:crypto" has been externalized');

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), pdfFiles(), browserCodeOnly()],
  // Workspace libraries come as sources, so that what the console does not use is left out of the bundle.
  resolve: { conditions: ['@symphainy/source', ...defaultClientConditions] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true, rolldownOptions: { onLog: (level, log, tell) => (forServices(log) ? undefined : tell(level, log)) } },
});
