import { type Said, sayer } from '../../personas/said.ts';

/** The one catalogue of why something finds no room in a window. admin/web/api/shortages.ts says the same in Chinese. */
export const shortages = {
  context: ({ tokens, least }: { tokens: number; least: number }) => `${tokens} tokens, at least ${least} are needed`,
  static: ({ name, tokens, room }: { name: string; tokens: number; room: number }) =>
    `frame and profile of ${name} take ${tokens} tokens, there is room for ${room}`,
  history: ({ tokens, room }: { tokens: number; room: number }) => `${tokens} tokens, there is room for ${room}`,
} as const;

export type Shortage = Said<typeof shortages>;

export const shortage = sayer(shortages);
