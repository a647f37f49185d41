import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { notFound } from '../http/failure.ts';
import type { Site } from '../http/serve.ts';

/** Said where nobody has built the page. */
const UNBUILT = 'The dashboard’s page is not built: run "npm run build". Its API is here: /api/openapi.json\n';

/** The page: files with their fingerprint in the name stay with the browser for good; each other address is the page's own. */
export function addPage({ app }: Site, folder: string): void {
  const isBuilt = existsSync(join(folder, 'index.html'));
  if (isBuilt) {
    app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      cacheControl: false,
      schemaHide: true,
      // Made by the build beside each file.
      preCompressed: true,
      globIgnore: ['**/*.{br,gz}'],
      setHeaders: (reply, path) => {
        reply.setHeader('vary', 'accept-encoding');
        const forGood = /[\\/]assets[\\/]/.test(path);
        reply.setHeader('cache-control', forGood ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    const path = url.split('?', 1)[0] ?? '';
    // Files lie at the root and in assets/; further down a dot belongs to an id.
    const isFile = path.startsWith('/assets/') || /^\/[^/]*\.[^/]*$/.test(path);
    const isPage = (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/') && !isFile;
    if (!isPage) throw notFound('such page');
    if (!isBuilt) return reply.code(503).type('text/plain; charset=utf-8').send(UNBUILT);
    return reply.sendFile(path === '/chat' ? 'chat/index.html' : 'index.html');
  });
}
