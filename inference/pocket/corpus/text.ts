import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A question with the ways to ask it, and the answers to it. */
export interface Exchange {
  questions: string[];
  answers: string[];
}

/** Exchanges that follow one another, in the voice of one persona. */
export interface Conversation {
  persona: string;
  exchanges: Exchange[];
}

/** Words for the slots `{thing}`, `{n}`, ... */
export type Slots = Record<string, string[]>;

/** Reads text/slots.txt. */
export function readSlots(folder: string): Slots {
  const slots: Slots = {};
  for (const line of lines(join(folder, 'slots.txt'))) {
    const [name, words] = split(line, ':');
    if (name && words) slots[name] = variants(words);
  }
  return slots;
}

/**
 * Reads every `<persona>-<theme>.txt` of a folder; README.md there describes the form.
 * @throws Error naming file and line of everything that is not of that form.
 */
export function readConversations(folder: string): Conversation[] {
  const conversations: Conversation[] = [];
  const problems: string[] = [];
  for (const file of readdirSync(folder).sort()) {
    const persona = /^([a-z]+)-[a-z-]+\.txt$/.exec(file)?.[1];
    if (!persona) continue;
    let conversation: Conversation | undefined;
    for (const [index, line] of readFileSync(join(folder, file), 'utf8').split('\n').entries()) {
      const text = line.trim();
      if (text.startsWith('#')) continue;
      if (text === '') {
        conversation = undefined;
        continue;
      }
      if (!conversation) {
        conversation = { persona, exchanges: [] };
        conversations.push(conversation);
      }
      const exchange = conversation.exchanges.at(-1);
      if (text.startsWith('Q:')) conversation.exchanges.push({ questions: variants(text.slice(2)), answers: [] });
      else if (text.startsWith('A:') && exchange) exchange.answers.push(text.slice(2).trim());
      else problems.push(`${file}:${index + 1}: neither a question (Q:) nor an answer (A:) to one`);
    }
  }
  for (const { persona, exchanges } of conversations)
    for (const { questions, answers } of exchanges)
      if (answers.length === 0 || questions.length === 0) problems.push(`${persona}: "${questions[0]}" has no answer`);
  if (problems.length > 0) throw new Error(`the text has mistakes:\n${problems.join('\n')}`);
  return conversations;
}

/** Puts the same words into every slot of a conversation's lines. */
export function fillSlots(text: string, words: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, slot: string) => {
    const word = words[slot.toLowerCase()];
    if (word === undefined) return whole;
    return slot[0] === slot[0]?.toUpperCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
  });
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

function variants(text: string): string[] {
  return text
    .split('|')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function split(line: string, at: string): [string, string] {
  const index = line.indexOf(at);
  return [line.slice(0, index).trim(), line.slice(index + 1)];
}
