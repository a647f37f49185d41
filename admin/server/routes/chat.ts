import { conversationOf, type WebPerson } from '../../../bots/web/index.ts';
import { chatRoutes as routes } from '../../api/chat.ts';
import type { Chatter } from '../auth/chatters.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';
import { showChat } from '../live/chat.ts';

/** The web chat: each call is about the caller's own chat. */
export function addChat(site: Site, { queue, personas, chat, chatters, streams }: Context): void {
  serve(site, routes.chatSession, async ({ request }) => {
    const chatter = await chatters.of(request, request.who);
    return { person: chatter ? shownPerson(chatter) : null };
  });

  serve(site, routes.joinChat, async ({ body: { token, name }, reply }) =>
    shownPerson(await chatters.join(token, name, reply)),
  );

  serve(site, routes.leaveChat, async ({ chatter, request, reply }) => {
    await chatters.leave(request, reply);
    if (chatter.role === null) streams.end(chatter.hash);
  });

  streams.serve(site, routes.chatEvents, ({ chatter }, send, signal) =>
    showChat(queue.shown, conversationOf(chatter.id), send, signal),
  );

  serve(site, routes.chatPersonas, async ({ chatter }) => ({
    personas: personas.personas.map(({ id, name, description }) => ({ id, name, description })),
    current: await chat.personaOf(personOf(chatter)),
  }));

  serve(site, routes.say, async ({ chatter, body: { said, text, language } }) => ({
    id: await chat.say(personOf(chatter, language), said, text),
  }));

  serve(site, routes.sayOtherwise, async ({ chatter, params: { id }, body: { text, language } }) => {
    if (!(await chat.edit(personOf(chatter, language), id, text))) throw notFound('such message');
  });

  serve(site, routes.takeBack, async ({ chatter, params: { id } }) => {
    if (!(await chat.remove(personOf(chatter), id))) throw notFound('such message');
  });

  serve(site, routes.press, async ({ chatter, params: { id }, body: { button, language } }) => {
    const answer = await chat.press(personOf(chatter, language), id, button);
    if (!answer) throw notFound('such button');
    return { text: answer.text ?? null };
  });

  serve(site, routes.chatCommand, async ({ chatter, body: { name, options, language } }) => {
    const { text } = await chat.command(personOf(chatter, language), name, options);
    return { text: text ?? null };
  });
}

const shownPerson = ({ name, role }: Chatter) => ({ name, role });

const personOf = ({ id, name }: Chatter, locale?: string): WebPerson => ({
  ...{ id, name },
  ...(locale !== undefined && { locale }),
});
