import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { lookAtRemote, openTokenizer, type Server } from '../../inference/engine/index.ts';
import type { Config } from '../config.ts';
import { type Finding, fail, ok, warn } from './check.ts';

/** The tokenizer, and each server that runs the model. One that is down is no fault while another answers. */
export async function checkRemote({ remote, model: folder }: Config): Promise<Finding[]> {
  if (!remote) return [];
  try {
    const tokenizer = await openTokenizer(join(folder, 'tokenizer.model'));
    const looks = await Promise.all(remote.urls.map((_, at) => look(at, remote, tokenizer)));
    const someAnswer = looks.some(({ status }) => status !== 'fail');
    const isDown = (finding: Finding) => finding.status === 'fail' && someAnswer;
    return [
      ok('tokenizer', `${tokenizer.vocabSize} pieces`),
      ...looks.map((finding) => (isDown(finding) ? { ...finding, status: 'warn' as const } : finding)),
    ];
  } catch (error) {
    return [fail('tokenizer', reasonOf(error), mendOf(error))];
  }
}

type Remote = NonNullable<Config['remote']>;

async function look(at: number, remote: Remote, tokenizer: Parameters<typeof lookAtRemote>[0]['tokenizer']) {
  const { urls, keys, model, kind } = remote;
  const url = urls[at] ?? '';
  try {
    const server = await lookAtRemote({ url, key: keys.length > 1 ? keys[at] : keys[0], model, kind, tokenizer });
    const found = `${url}: ${describe(server)}`;
    return server.ids || server.kind === 'openai'
      ? ok('server', found)
      : warn(
          'server',
          `${found}; its tokens are not those of tokenizer.model`,
          'Point WISECRACK_MODEL at the folder of the model that it runs; until then prompts go as text and are counted roughly.',
        );
  } catch (error) {
    return fail('server', reasonOf(error), mendOf(error));
  }
}

function describe({ kind, model, context }: Server): string {
  const what = kind === 'openai' ? 'an OpenAI-compatible server' : kind;
  return `${what} with ${model}${context ? `, a window of ${context}` : ''}`;
}

const mendOf = (error: unknown) =>
  error instanceof WisecrackError
    ? error.mend
    : 'Point WISECRACK_MODEL at a folder with the tokenizer.model of the model.';
