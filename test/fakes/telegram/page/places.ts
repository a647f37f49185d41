import type { Person } from '../people/person.ts';
import type { Chat } from '../state/chat.ts';
import type { Topic } from '../state/topic.ts';
import type { World } from '../state/world.ts';

/** A chat, or a topic of one. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly kind: 'private' | 'group' | 'topic';
  readonly chat: Chat;
  readonly topic: Topic | undefined;
}

/** Where somebody can talk: the private chat with the bot, then groups with their topics. */
export function placesOf(world: World, person: Person): Place[] {
  const groups = [...world.chats.values()].filter((chat) => {
    return chat.type !== 'private' && chat.has(person.id) && !chat.migratedTo && !chat.deleted;
  });
  const direct = { id: String(person.id), name: world.bot.name, kind: 'private' as const, chat: person.chat };
  return [
    { ...direct, topic: undefined },
    ...groups.flatMap((chat): Place[] => [
      { id: String(chat.id), name: chat.title, kind: 'group', chat, topic: undefined },
      ...[...chat.topics.values()].map((topic) => ({
        id: `${chat.id}:${topic.id}`,
        name: topic.name,
        kind: 'topic' as const,
        chat,
        topic,
      })),
    ]),
  ];
}

/** Who talks and where; when the page asks for what is gone, the first that there is. */
export function find(world: World, people: readonly Person[], user: string | null, place: string | null) {
  const person = people.find(({ id }) => String(id) === user) ?? (people[0] as Person);
  const places = placesOf(world, person);
  return { person, place: places.find(({ id }) => id === place) ?? (places[0] as Place) };
}
