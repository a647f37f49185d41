import { z } from 'zod';
import { scopeSchema } from '../../state/commands.ts';
import { json, type Method, method, text } from '../method.ts';

const where = { scope: json(scopeSchema).optional(), language_code: text.default('') };

export const commands: readonly Method[] = [
  method(
    'setMyCommands',
    { ...where, commands: json(z.array(z.object({ command: z.string(), description: z.string() }))) },
    ({ world }, { commands, scope, language_code }) => {
      if (scope?.chat_id !== undefined) world.chat(scope.chat_id);
      world.commands.set(commands, scope, language_code);
      return true;
    },
  ),
  method('getMyCommands', where, ({ world }, { scope, language_code }) => world.commands.get(scope, language_code)),
  method('deleteMyCommands', where, ({ world }, { scope, language_code }) => {
    world.commands.delete(scope, language_code);
    return true;
  }),
  method('setChatMenuButton', {}, () => true),
];
