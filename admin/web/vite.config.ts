import { join } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact({ devToolsEnabled: false }), precompress()],
  build: {
    outDir: '../../dist/admin-web',
    emptyOutDir: true,
    // The policy of the server allows no data: in scripts and styles.
    assetsInlineLimit: 0,
    target: 'es2022',
    // The dashboard, and the chat, which needs little of it.
    rolldownOptions: {
      input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'chat/index.html')],
    },
  },
});
