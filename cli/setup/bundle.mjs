import { root } from './root.mjs';

/** Packages that stay where they are: they have native code or files of their own beside them, or others only use them where they are there. */
const outside =
  /^(@node-rs\/argon2|msgpackr-extract|@bull-board\/.*|@sctg\/sentencepiece-js|playwright-core|zlib-sync|bufferutil|utf-8-validate|erlpack)(\/|$)/;

/**
 * Makes `folder`/SCRIPT.js, to be run by Node, out of each script of the package (named without its ending) and all that it imports, packages too:
 * to find and read a thousand small files took every process longer than what it then did. What several need, or what is
 * imported when it is asked for, lies in `folder`/chunks. Types are not looked at; `npm test lint` does that.
 */
export async function bundle(scripts, folder) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(scripts.map((script) => [script, `./${script}.ts`])),
    platform: 'node',
    tsconfig: false,
    external: outside,
    // discord.js evaluates scripts in shards of its own making, which we do not use.
    checks: { eval: false },
  });
  try {
    await build.write({
      dir: folder,
      format: 'esm',
      chunkFileNames: 'chunks/[name]-[hash].js',
      comments: false,
    });
  } finally {
    await build.close();
  }
}
