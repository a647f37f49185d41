import { budgetsFor, layOut } from '../../inference/context/index.ts';
import type { Tokenizer } from '../../inference/engine/engine.ts';
import type { Persona } from '../../personas/index.ts';
import type { PlayTurn, TokenBar } from '../api/index.ts';

/** The prompt that the model would see, and what its parts take. @throws WisecrackError WISECRACK_WINDOW_TOO_SMALL */
export function promptOf(
  persona: Persona,
  turns: readonly PlayTurn[],
  { tokenizer, context }: { tokenizer: Tokenizer; context: number },
) {
  const author = ({ role, name }: PlayTurn) => (role === 'user' ? name : persona.id);
  const window = layOut({
    persona,
    turns: turns.map((turn) => ({ role: turn.role, author: author(turn), name: turn.name, text: turn.text })),
    tokenizer,
    context,
  });
  const budgets = budgetsFor(context, persona.replyTokens);
  const bar: TokenBar = {
    context,
    static: window.staticTokens,
    staticBudget: budgets.static,
    summary: window.summaryTokens,
    summaryBudget: budgets.summary,
    // The cursor, too: it is what stands between history and reply.
    history: window.tokens.length - window.staticTokens - window.summaryTokens,
    historyBudget: budgets.history,
    reply: window.replyTokens,
    slack: budgets.slack,
  };
  return {
    text: window.text,
    bar,
    examples: window.examples,
    examplesGiven: persona.examples.length,
    stop: [...window.stop],
    evicted: window.evicted.map((eviction) => ({ ...eviction, turns: [...eviction.turns] })),
    cut: [...window.cut],
  };
}
