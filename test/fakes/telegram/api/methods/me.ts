import { problem } from '../../problems.ts';
import { int, type Method, method, text } from '../method.ts';

/** Gets and sets a text about the bot, in each language. */
function about(what: 'Description' | 'ShortDescription' | 'Name', field: string, longest: number): Method[] {
  const key = (language: string) => `${field}|${language}`;
  return [
    method(`setMy${what}`, { [field]: text.optional(), language_code: text.optional() }, ({ world }, given) => {
      const value = String(given[field] ?? '');
      if (value.length > longest) throw problem('description');
      world.texts.set(key(given.language_code ?? ''), value);
      return true;
    }),
    method(`getMy${what}`, { language_code: text.optional() }, ({ world }, { language_code = '' }) => ({
      [field]: world.texts.get(key(language_code)) ?? world.texts.get(key('')) ?? '',
    })),
  ];
}

export const me: readonly Method[] = [
  method('getMe', {}, ({ world }) => ({
    ...world.bot.json(),
    can_join_groups: true,
    can_read_all_group_messages: world.privacy.readsAll,
    supports_inline_queries: world.inline.on,
    can_connect_to_business: false,
    has_main_web_app: false,
  })),
  ...about('Description', 'description', 512),
  ...about('ShortDescription', 'short_description', 120),
  ...about('Name', 'name', 64),
  method('getFile', { file_id: text }, ({ world }, { file_id }) => {
    const file = world.files.get(file_id);
    return { file_id: file.id, file_unique_id: `u${file.id}`, file_size: file.bytes.length, file_path: file.path };
  }),
  method('getUserProfilePhotos', { user_id: int }, () => ({ total_count: 0, photos: [] })),
];
