import { z } from 'zod';

const temperature = z.number().min(0).max(2);
const topK = z.int().min(0).max(1000);
const topP = z.number().positive().max(1);
const minP = z.number().min(0).max(0.9);
const repetitionPenalty = z.number().min(1).max(1.5);
const multiplier = z.number().min(0).max(5);
const base = z.number().min(1).max(4);
const allowedLength = z.int().min(1).max(20);

/** How a persona's words are drawn. The defaults are the witty preset. */
export const sampling = z.strictObject({
  temperature: temperature.default(1),
  topK: topK.default(0),
  topP: topP.default(1),
  minP: minP.default(0.05),
  repetitionPenalty: repetitionPenalty.default(1),
  dry: z
    .strictObject({
      multiplier: multiplier.default(0.8),
      base: base.default(1.75),
      allowedLength: allowedLength.default(2),
    })
    .prefault({}),
});

/** What a mood or a variant changes of it: the rest stays. */
export const samplingChange = z
  .strictObject({
    temperature,
    topK,
    topP,
    minP,
    repetitionPenalty,
    dry: z.strictObject({ multiplier, base, allowedLength }).partial(),
  })
  .partial();
