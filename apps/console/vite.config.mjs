// The console is built into static files that the gateway serves under /console/ (any folder works: all addresses are relative).
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  // Workspace libraries come as sources, so that what the console does not use is left out of the bundle.
  resolve: { conditions: ['@symphainy/source', ...defaultClientConditions] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
});
