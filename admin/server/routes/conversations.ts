import type { Queue, Turn } from '../../../queue/index.ts';
import { conversationRoutes as routes, type TurnLine } from '../../api/conversations.ts';
import { includes } from '../auth/who.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';

/** How many conversations one search looks at before it answers with what it has. */
const LOOKED_AT = 1000;
const PAGE = 100;
/** Turns of which a list names the people, and in which a search looks for words. */
const LAST_TURNS = 20;
const SEARCHED_TURNS = 500;
/** The playground's conversations are nobody's business but the playground's. */
export const OURS = 'admin';

/** What people and personas have said; without texts, unless somebody asks for them and is written down for that. */
export function addConversations(site: Site, { queue }: Context): void {
  const { conversations, acts } = queue;

  const lineOf = async (id: string, lastUsed: number) => {
    const [turns, size, persona] = await Promise.all([
      conversations.read(id, LAST_TURNS),
      conversations.size(id),
      conversations.getPersona(id),
    ]);
    const people = turns.filter(({ role }) => role === 'user').map(({ author }) => author.name);
    return {
      ...{ id, platform: platformOf(id), persona: persona ?? null, lastUsed, turns: size },
      people: [...new Set(people.reverse())].slice(0, 5),
    };
  };

  serve(site, routes.conversations, async ({ query: { cursor, limit, search, platform }, who }) => {
    const words = search?.toLowerCase() ?? '';
    const matches = matcher(queue, words, includes(who.role, 'operator'));
    const found: Awaited<ReturnType<typeof lineOf>>[] = [];
    const total = await conversations.count();
    const begin = Math.max(0, Number(cursor ?? 0) || 0);
    let at = begin;
    while (at < total && at < begin + LOOKED_AT && found.length < limit) {
      const page = await conversations.list(at, Math.min(PAGE, limit - found.length, begin + LOOKED_AT - at));
      if (page.length === 0) break;
      at += page.length;
      const lines = page.map(async ({ conversation, lastUsed }) => {
        const place = platformOf(conversation);
        if (place === OURS || (platform !== undefined && place !== platform)) return [];
        return (await matches(conversation)) ? [await lineOf(conversation, lastUsed)] : [];
      });
      found.push(...(await Promise.all(lines)).flat());
    }
    return { conversations: found, total, next: at < total ? String(at) : null };
  });

  const read = async (id: string, revealed: boolean) => {
    const turns = await conversations.read(id);
    if (turns.length === 0) throw notFound('such conversation');
    const lastUsed = turns.at(-1)?.at ?? 0;
    return { ...(await lineOf(id, lastUsed)), turns: turns.map((turn) => turnLine(turn, revealed)), revealed };
  };

  serve(site, routes.conversation, ({ params: { id } }) => read(id, false));

  serve(site, routes.revealConversation, async ({ params: { id }, who }) => {
    const shown = await read(id, true);
    await acts.note({ by: who.by, act: 'conversation.reveal', target: id });
    return shown;
  });

  serve(site, routes.deleteConversation, async ({ params: { id }, who }) => {
    if ((await conversations.size(id)) === 0) throw notFound('such conversation');
    await conversations.clear(id);
    await acts.note({ by: who.by, act: 'conversation.delete', target: id });
  });
}

/** Whether a conversation has the words in its id, its people's names or, for those who may see them, its texts. */
function matcher({ conversations }: Queue, words: string, texts: boolean): (conversation: string) => Promise<boolean> {
  const has = (text: string) => text.toLowerCase().includes(words);
  return async (conversation) => {
    if (words === '' || has(conversation)) return true;
    const turns = await conversations.read(conversation, SEARCHED_TURNS);
    return turns.some(({ author, text }) => has(author.name) || has(author.id) || (texts && has(text)));
  };
}

export function turnLine({ id, role, author, at, text, jobId, replyTo }: Turn, revealed: boolean): TurnLine {
  return {
    ...{ id, role, author, at, text: revealed ? text : null, length: text.length },
    ...{ jobId: jobId ?? null, replyTo: replyTo ?? null },
  };
}

const platformOf = (conversation: string) => conversation.split(':', 1)[0] ?? '';
