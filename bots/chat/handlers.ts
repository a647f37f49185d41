import { WisecrackError } from '../../errors.ts';
import type { Persona } from '../../personas/index.ts';
import type { Chat } from './chat.ts';
import type { Command } from './commands.ts';
import { findPersona } from './personas.ts';
import { type Locale, sayIn } from './texts/index.ts';
import type { Wish } from './wish.ts';

/** What a command is answered with. */
export interface Answer {
  text: string;
  /** Who speaks from now on, when that has changed. */
  persona?: Persona;
  /** What is to be asked for now; there is nothing to be said then. */
  wish?: Wish;
}

/** Does what a command asks for. */
export async function answerCommand(
  chat: Chat,
  conversation: string,
  command: Command,
  locale: Locale,
): Promise<Answer> {
  const say = sayIn(locale);
  switch (command.name) {
    case 'help':
      return { text: say('help') };
    case 'personas':
      return { text: list(chat, (await chat.personaOf(conversation)).id) };
    case 'persona':
      return command.rest === ''
        ? { text: say('personaNow', { name: (await chat.personaOf(conversation)).name }) }
        : change(chat, conversation, command.rest, locale);
    case 'mood':
      return { text: await chat.mood(conversation, command.rest, say) };
    case 'catchup':
      return { text: '', wish: { kind: 'catchup', range: command.rest } };
    case 'news':
      return { text: '', wish: { kind: 'news', topic: command.rest } };
    case 'reset':
      await chat.reset(conversation);
      return { text: say('forgotten') };
    case 'stop':
      return { text: say((await chat.stop(conversation)) ? 'stopped' : 'nothingToStop') };
    case 'unknown':
      return { text: say(command.meant ? 'unknownCommandMeant' : 'unknownCommand', command) };
  }
}

async function change(chat: Chat, conversation: string, name: string, locale: Locale): Promise<Answer> {
  const say = sayIn(locale);
  try {
    const persona = findPersona(chat.personas, name);
    await chat.choose(conversation, persona);
    return { text: say('personaChanged', { name: persona.name }), persona };
  } catch (error) {
    if (!(error instanceof WisecrackError) || error.code !== 'WISECRACK_PERSONA_NOT_FOUND') throw error;
    return { text: say('noPersona', { name, known: chat.personas.personas.map(({ id }) => id).join(', ') }) };
  }
}

function list(chat: Chat, current: string): string {
  const { personas } = chat.personas;
  const width = Math.max(0, ...personas.map(({ id }) => id.length));
  return personas
    .map(({ id, name, description }) => `${id === current ? '*' : ' '} ${id.padEnd(width)}  ${name}: ${description}`)
    .join('\n');
}
