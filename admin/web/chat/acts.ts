import type { ChatButton, ChatCommand, ChatMessage } from '../../api/index.ts';
import { del, patch, post } from '../api/client.ts';
import { Problem } from '../api/problem.ts';
import { locale } from '../texts.ts';
import { report, toast } from '../ui/toast.tsx';
import { loadPersonas, messages, notes, unsent, votes } from './state.ts';

const AGAIN_MS = [500, 1000, 2000, 4000];
let lastNote = 0;

/** Tells something that only this page shows. */
export function note(text: string): void {
  const after = messages.value?.at(-1)?.id;
  notes.value = [...notes.value.slice(-9), { id: ++lastNote, text, after }];
}

/** Says something; while the server is away, again and again: the same `said` is one message. @throws Problem when it is refused */
export async function sayIt(text: string): Promise<void> {
  const said = crypto.randomUUID();
  unsent.value = [...unsent.value, { said, text }];
  const drop = () => {
    unsent.value = unsent.value.filter((it) => it.said !== said);
  };
  for (let tries = 0; ; tries++) {
    try {
      const { id } = await post('/api/chat/messages', { body: { said, text, language: locale.value } });
      if (messages.value?.some((message) => message.id === id)) drop();
      else unsent.value = unsent.value.map((it) => (it.said === said ? { ...it, id } : it));
      return;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 0) {
        drop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
    }
  }
}

export const sayOtherwise = ({ id }: ChatMessage, text: string) =>
  patch('/api/chat/messages/:id', { params: { id }, body: { text, language: locale.value } });

export const takeBack = ({ id }: ChatMessage) => del('/api/chat/messages/:id', { params: { id } });

export async function press({ id }: ChatMessage, button: ChatButton): Promise<void> {
  try {
    const { text } = await post('/api/chat/messages/:id/press', {
      params: { id },
      body: { button, language: locale.value },
    });
    if (button === 'up' || button === 'down') votes.value = { ...votes.value, [id]: button };
    if (text !== null) toast(text);
  } catch (error) {
    report(error);
  }
}

/** Gives a command; the answer stands below the last message. @throws Problem */
export async function command(name: ChatCommand, options: Record<string, string> = {}): Promise<void> {
  const { text } = await post('/api/chat/commands', { body: { name, options, language: locale.value } });
  if (name === 'persona' || name === 'privacy') await loadPersonas();
  if (text !== null) note(text);
}
