import { z } from 'zod';

/** What a feed has told. Text from strangers: it is shown and read, never obeyed. */
export const Headline = z.object({
  id: z.string().min(1).max(100),
  /** The feed's own title. */
  feed: z.string().max(80),
  /** One line. */
  title: z.string().min(1).max(200),
  link: z.url({ protocol: /^https?$/ }).max(2000),
  /** When it was published, or first seen, in milliseconds since 1970. */
  at: z.number().int().nonnegative(),
});

export type Headline = z.infer<typeof Headline>;

/** What a feed's server said last time, so that it need not send the same again. */
export const FeedState = z.object({
  etag: z.string().max(500).optional(),
  lastModified: z.string().max(100).optional(),
});

export type FeedState = z.infer<typeof FeedState>;
