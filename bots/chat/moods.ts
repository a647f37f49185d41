import { moodsOf, type Persona } from '../../personas/index.ts';
import type { Say } from './texts/index.ts';

/** What is stored where somebody wants no mood, though a wider scope has one. No persona needs to know it. */
const USUAL = 'usual';
const usualWords = [USUAL, 'normal', 'none', 'off', '平常', '正常'];

/** What a wish for a mood comes to: what is to be stored, if anything, and what is said. */
export interface MoodAnswer {
  readonly mood?: string;
  readonly text: string;
}

/**
 * Reads a wish for a mood; without one, says what there is.
 *
 * @param now - the mood that is set.
 */
export function readMood(persona: Persona, wanted: string | undefined, now: string | undefined, say: Say): MoodAnswer {
  const { name } = persona;
  const moods = moodsOf(persona);
  if (moods.length === 0) return { text: say('noMoods', { name }) };
  const find = (word: string) => moods.find((mood) => fold(mood) === fold(word));
  const known = [...moods, say('moodUsual')].join(', ');
  if (wanted === undefined || wanted.trim() === '') {
    return { text: say('moodNow', { name, mood: find(now ?? '') ?? say('moodUsual'), known }) };
  }
  const mood = find(wanted);
  if (mood !== undefined) return { mood, text: say('moodChanged', { name, mood }) };
  if (![...usualWords, say('moodUsual')].map(fold).includes(fold(wanted))) {
    return { text: say('noMood', { name, mood: [...wanted].slice(0, 40).join(''), known }) };
  }
  return { mood: USUAL, text: say('moodChanged', { name, mood: say('moodUsual') }) };
}

const fold = (text: string) => text.normalize('NFKC').trim().toLowerCase();
