import { z } from 'zod';
import { problem } from '../../problems.ts';
import { readMarkup } from '../../state/keyboard.ts';
import { put } from '../../state/post.ts';
import { format, LONGEST_CAPTION } from '../../text/parse.ts';
import { type Call, entities, type Method, markup, method, text } from '../method.ts';
import { isUpload } from '../multipart.ts';
import { compose, targetShape } from '../target.ts';

/** The document of a request: in a field of its own, attached under another name, or one that Telegram has. */
function fileOf({ world, uploads }: Call, given: unknown) {
  const attached = typeof given === 'string' ? /^attach:\/\/(.+)$/.exec(given)?.[1] : undefined;
  const upload = isUpload(given) ? given : attached !== undefined ? uploads[attached] : undefined;
  if (upload) return world.files.add(upload);
  if (typeof given !== 'string' || attached !== undefined) throw problem('noDocument');
  return world.files.get(given);
}

export const documents: readonly Method[] = [
  method(
    'sendDocument',
    {
      ...targetShape,
      document: z.unknown(),
      caption: text.default(''),
      parse_mode: text.optional(),
      caption_entities: entities,
      reply_markup: markup,
    },
    (call, { document, caption, parse_mode, caption_entities, reply_markup, ...target }) => {
      const content = format(
        { text: caption, parse_mode, entities: caption_entities },
        { longest: LONGEST_CAPTION, empty: true },
      );
      const { inline, other } = readMarkup(reply_markup);
      const file = fileOf(call, document);
      const message = compose(call, target);
      message.write(content);
      message.document = file;
      message.keyboard = inline;
      message.otherMarkup = other;
      return put(message).json();
    },
  ),
];
