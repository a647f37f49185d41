import { z } from 'zod';
import { because, mistake } from '../mistakes.ts';
import { longText, shortLine } from './text.ts';

const keys = z.array(shortLine(80)).max(50);

/** Something the persona knows, told when it is spoken of. */
export const loreEntry = z
  .strictObject({
    /** The entry is called when one of these is said. */
    keys: keys.default([]),
    /** When there are any, one of these must be said in the same message, too. */
    secondaryKeys: keys.default([]),
    caseSensitive: z.boolean().default(false),
    /** Always there, in the part that all chats share. */
    constant: z.boolean().default(false),
    /** When not all fit into the budget, the highest stay. */
    priority: z.int().min(-100_000).max(100_000).default(0),
    /** A constant entry: before or after the profile. Another: before or after the message that calls it. */
    position: z.enum(['before', 'after']).default('after'),
    content: longText,
  })
  .refine(({ constant, keys }) => constant || keys.length > 0, {
    path: ['keys'],
    ...because(mistake('neverCalled')),
  });

export const lorebook = z.strictObject({
  /** Tokens that constant entries may take together, and again those that are called by one message. */
  tokenBudget: z.int().min(16).max(4096).default(256),
  entries: z.array(loreEntry).max(500).default([]),
});

export type LoreEntry = z.output<typeof loreEntry>;
export type Lorebook = z.output<typeof lorebook>;
