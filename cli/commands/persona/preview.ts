import { plain } from '../../../bots/console/index.ts';
import { layOut } from '../../../inference/context/index.ts';
import { type Language, type Platform, resolvePersona } from '../../../personas/index.ts';
import { findInFolders } from '../../persona/find.ts';
import { openMeter, partsOf } from '../../persona/meter.ts';
import { run } from '../../run.ts';
import { table } from '../../table.ts';

export interface PreviewOptions {
  platform?: Platform;
  language?: Language;
  mood?: string;
  message: string;
  json?: boolean;
}

/** `wisecrack persona preview`: the prompt as the model sees it goes to stdout, what each part takes to stderr. */
export function previewPersona(name: string, options: PreviewOptions): Promise<void> {
  return run('file', async (app) => {
    const meter = await openMeter(app.config);
    const { persona: base } = await findInFolders(app, name);
    const persona = resolvePersona(base, options);
    const { tokenizer, context, model } = meter;
    const turns = [{ role: 'user' as const, author: 'preview', name: 'You', text: options.message }];
    const window = layOut({ persona, turns, tokenizer, context });
    const { head, examples, budgets } = partsOf(persona, meter);
    const cursor = window.tokens.length - window.staticTokens - window.summaryTokens - window.historyTokens;
    const parts = {
      ...{ 'frame and profile': head, examples: examples.tokens, chat: window.historyTokens, cursor },
      ...{ reply: window.replyTokens, free: budgets.history - window.historyTokens - cursor },
    };
    if (options.json) {
      const { sampling } = persona;
      console.log(
        JSON.stringify({
          prompt: window.text,
          tokens: window.tokens,
          parts,
          context,
          model,
          stop: window.stop,
          sampling,
        }),
      );
      return 0;
    }
    console.log(plain(window.text));
    const rows = [
      ['frame and profile', `${head}`, `of ${budgets.static}`],
      ['examples', `${examples.tokens}`, `${examples.fit} of ${persona.examples.length} fit`],
      ['chat', `${window.historyTokens}`, `of ${budgets.history}`],
      ['cursor', `${cursor}`, ''],
      ['prompt', `${window.tokens.length}`, `of ${context}`],
      ['reply, at most', `${window.replyTokens}`, ''],
    ];
    process.stderr.write(`\n${table([['part', 'tokens', ''], ...rows], [1]).join('\n')}\n`);
    return 0;
  });
}
