import { computed, signal } from '@preact/signals';
import type { ChatMessage, ChatPerson, ChatPersonas } from '../../api/index.ts';
import { get } from '../api/client.ts';
import { listen } from '../api/stream.ts';

/** Who chats; null for nobody, undefined until the server has said it. */
export const person = signal<ChatPerson | null | undefined>(undefined);
export const personas = signal<ChatPersonas | undefined>(undefined);
/** What stands in the chat; undefined until it has come. */
export const messages = signal<readonly ChatMessage[] | undefined>(undefined);
/** What this page has said and the server does not show yet. */
export const unsent = signal<readonly { said: string; text: string; id?: string }[]>([]);
/** What only this page is told, behind the message that was the last then. */
export const notes = signal<readonly { id: number; text: string; after: string | undefined }[]>([]);
export const isWriting = signal(false);
export const isLive = signal(true);
/** The question that is being edited. */
export const editing = signal<ChatMessage | undefined>(undefined);
/** Which thumb this page has pressed, by message. */
export const votes = signal<Readonly<Record<string, 'up' | 'down'>>>({});

/** The last thing that the person said: it can be edited. */
export const lastQuestion = computed(() => messages.value?.findLast(({ role }) => role === 'person'));
/** The reply that is being made. */
export const growing = computed(() => messages.value?.findLast(({ buttons }) => buttons.includes('stop')));
/** The persona that answers now. */
export const speaker = computed(() => personas.value?.personas.find(({ id }) => id === personas.value?.current));

export async function loadPerson(): Promise<void> {
  person.value = (await get('/api/chat/session')).person;
}

export async function loadPersonas(): Promise<void> {
  personas.value = await get('/api/chat/personas');
}

/** Follows the chat until the returned function is called. */
export function follow(): () => void {
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const write = (ms: number) => {
    clearTimeout(quiet);
    isWriting.value = ms > 0;
    if (ms > 0) quiet = setTimeout(() => write(0), ms);
  };
  const change = (to: readonly ChatMessage[]) => {
    messages.value = to;
    unsent.value = unsent.value.filter(({ id }) => id === undefined || !to.some((message) => message.id === id));
  };
  const stop = listen(
    '/api/chat/events',
    {},
    {
      names: ['state', 'message', 'text', 'removed', 'typing'],
      onEvent: (event) => {
        const now = messages.value ?? [];
        switch (event.name) {
          case 'state':
            if (event.data.messages.length === 0) notes.value = notes.value.filter(({ after }) => after === undefined);
            return change(event.data.messages);
          case 'message':
            if (event.data.role === 'bot') write(0);
            return change(
              now.some(({ id }) => id === event.data.id)
                ? now.map((message) => (message.id === event.data.id ? event.data : message))
                : [...now, event.data],
            );
          case 'text': {
            const { id, from, text } = event.data;
            return change(
              now.map((message) =>
                message.id === id ? { ...message, text: message.text.slice(0, from) + text } : message,
              ),
            );
          }
          case 'removed':
            return change(now.filter(({ id }) => !event.data.ids.includes(id)));
          case 'typing':
            return write(event.data.ms);
        }
      },
      onState: (live) => {
        isLive.value = live;
        // It may be that we are let in no longer.
        if (!live) loadPerson().catch(() => {});
      },
    },
  );
  return () => {
    stop();
    clearTimeout(quiet);
  };
}
