import type { shortages } from '../../../inference/context/shortages.ts';
import { inPageLanguage } from '../said.ts';

/** Why something finds no room in the window. */
export const shortageText = inPageLanguage<typeof shortages>({
  context: ({ tokens, least }) => `上下文只有 ${tokens} 个词元，至少需要 ${least} 个`,
  static: ({ tokens, room }) => `前置说明和人物设定共 ${tokens} 个词元，最多只能容纳 ${room} 个`,
  history: ({ tokens, room }) => `共 ${tokens} 个词元，最多只能容纳 ${room} 个`,
});
