import { z } from 'zod';
import { badRequest, problem } from '../../problems.ts';
import type { InlineResult } from '../../state/inline.ts';
import { readInline } from '../../state/keyboard.ts';
import { ANSWER_MS } from '../../state/press.ts';
import { format } from '../../text/parse.ts';
import { bool, entities, int, json, type Method, method, text } from '../method.ts';
import { previewOf } from '../target.ts';

const MOST_RESULTS = 50;

const resultSchema = z.looseObject({
  type: z.string(),
  id: text,
  title: z.string().optional(),
  description: z.string().optional(),
  reply_markup: z.unknown().optional(),
  input_message_content: z
    .looseObject({
      message_text: z.string().optional(),
      parse_mode: z.string().optional(),
      entities,
      link_preview_options: z.looseObject({ is_disabled: z.boolean().optional() }).optional(),
    })
    .optional(),
});

function readResult(given: z.infer<typeof resultSchema>): InlineResult {
  const { type, id, title = '', description = '', input_message_content: content } = given;
  if (Buffer.byteLength(id) < 1 || Buffer.byteLength(id) > 64) throw problem('resultId');
  if (type === 'article' && title === '')
    throw badRequest('can\'t parse inline query result: Field "title" must be non-empty');
  if (content?.message_text === undefined)
    throw badRequest("can't parse inline query result: message content is not specified");
  const { message_text, parse_mode, entities, link_preview_options } = content;
  const written = format({ text: message_text, parse_mode, entities });
  return {
    id,
    type,
    title,
    description,
    content: written,
    preview: previewOf(written, link_preview_options),
    keyboard: readInline(given.reply_markup),
  };
}

export const queries: readonly Method[] = [
  method(
    'answerCallbackQuery',
    { callback_query_id: text, text: text.optional(), show_alert: bool.default(false), url: text.optional() },
    ({ world }, { callback_query_id, text, show_alert, url }) => {
      const press = world.presses.get(callback_query_id);
      if (!press || world.clock.now() - press.at > ANSWER_MS) throw problem('queryTooOld');
      if ((text?.length ?? 0) > 200) throw badRequest('MESSAGE_TOO_LONG');
      press.answer ??= { text, alert: show_alert, url };
      world.changed();
      return true;
    },
  ),
  method(
    'answerInlineQuery',
    {
      inline_query_id: text,
      results: json(z.array(resultSchema)),
      cache_time: int.default(300),
      is_personal: bool.default(false),
      next_offset: text.default(''),
      button: json(z.unknown()).optional(),
    },
    ({ world }, { inline_query_id, results, cache_time, is_personal, next_offset, button }) => {
      const query = world.queries.get(inline_query_id);
      if (!query || world.clock.now() - query.at > ANSWER_MS) throw problem('queryTooOld');
      if (results.length > MOST_RESULTS) throw problem('tooManyResults');
      if (new Set(results.map(({ id }) => id)).size < results.length) throw problem('resultDuplicate');
      const answer = {
        results: results.map(readResult),
        nextOffset: next_offset,
        cacheTime: cache_time,
        personal: is_personal,
        button,
      };
      query.answer ??= answer;
      world.inlineCache.keep(query, answer, world.clock.now());
      world.changed();
      return true;
    },
  ),
];
