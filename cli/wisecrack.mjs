#!/usr/bin/env node
// The command `wisecrack`: makes sure that everything is installed and built, then hands over to cli/main.ts as compiled.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from './setup/prepare.mjs';
import { root } from './setup/root.mjs';

const command = process.argv[2];
// A REDIS_URL in .env means that no redis-server is needed here.
if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
try {
  await prepare({
    // The doctor must be able to look at a machine on which something is missing.
    lenient: command === 'doctor',
    redis: !process.env.REDIS_URL && ['start', 'ask', 'chat', 'bench'].includes(command ?? ''),
  });
} catch (error) {
  console.error(`wisecrack: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
if (command !== 'build') await import('../dist/cli/main.js');
