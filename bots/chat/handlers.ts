import { WisecrackError } from '../../errors.ts';
import type { Persona } from '../../personas/index.ts';
import type { Chat } from './chat.ts';
import type { Command } from './commands.ts';
import { findPersona } from './personas.ts';
import { type Locale, texts } from './texts.ts';

/** What a command is answered with. */
export interface Answer {
  text: string;
  /** Who speaks from now on, when that has changed. */
  persona?: Persona;
}

/** Does what a command asks for. */
export async function answerCommand(
  chat: Chat,
  conversation: string,
  command: Command,
  locale: Locale,
): Promise<Answer> {
  const say = texts[locale];
  switch (command.name) {
    case 'help':
      return { text: say.help };
    case 'personas':
      return { text: list(chat, (await chat.personaOf(conversation)).id) };
    case 'persona':
      return command.rest === ''
        ? { text: say.personaNow((await chat.personaOf(conversation)).name) }
        : change(chat, conversation, command.rest, locale);
    case 'reset':
      await chat.reset(conversation);
      return { text: say.forgotten };
    case 'stop':
      return { text: (await chat.stop(conversation)) ? say.stopped : say.nothingToStop };
    case 'unknown':
      return { text: say.unknownCommand(command.word, command.meant) };
  }
}

async function change(chat: Chat, conversation: string, name: string, locale: Locale): Promise<Answer> {
  const say = texts[locale];
  try {
    const persona = findPersona(chat.personas, name);
    await chat.choose(conversation, persona);
    return { text: say.personaChanged(persona.name), persona };
  } catch (error) {
    if (!(error instanceof WisecrackError) || error.code !== 'WISECRACK_PERSONA_NOT_FOUND') throw error;
    return { text: say.noPersona(name, chat.personas.personas.map(({ id }) => id).join(', ')) };
  }
}

function list(chat: Chat, current: string): string {
  const { personas } = chat.personas;
  const width = Math.max(0, ...personas.map(({ id }) => id.length));
  return personas
    .map(({ id, name, description }) => `${id === current ? '*' : ' '} ${id.padEnd(width)}  ${name}: ${description}`)
    .join('\n');
}
