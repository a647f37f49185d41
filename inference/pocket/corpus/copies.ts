import type { Conversation } from './text.ts';

/** A question is plain when each of its words is in this share of all questions: "who are you?" is, "what is patience?" is not. */
const COMMON = 0.015;
/** How much more often a plain one comes: people ask it all the time, and there is little in it to go by. */
const PLAIN_COPIES = 4;

/** How often a conversation comes for each time that others do: more with many answers, and when its question is plain. */
export function copiesIn(conversations: readonly Conversation[]): (conversation: Conversation) => number {
  const counts = new Map<string, number>();
  for (const conversation of conversations)
    for (const word of new Set(questionsOf(conversation).flatMap(wordsOf)))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  const isPlain = (question: string) => {
    const words = wordsOf(question);
    return words.length <= 1 || words.every((word) => (counts.get(word) ?? 0) >= COMMON * conversations.length);
  };
  return (conversation) => {
    const [first = ''] = questionsOf(conversation);
    const answers = conversation.exchanges[0]?.answers.length ?? 1;
    return Math.ceil(answers / 3) * (isPlain(first) ? PLAIN_COPIES : 1);
  };
}

const questionsOf = ({ exchanges }: Conversation) => exchanges[0]?.questions ?? [];
const wordsOf = (text: string) => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}']+/gu) ?? [];
