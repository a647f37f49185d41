import type { Values } from '../people/options.ts';
import { type Command, type CommandOption, SLASH } from '../state/commands.ts';
import type { Guild } from '../state/guild.ts';
import type { World } from '../state/world.ts';

const SUBCOMMANDS = [1, 2];

/** A slash command as it was typed. */
export interface Typed {
  /** With its subcommand. */
  readonly name: string;
  readonly values: Values;
}

/**
 * Understands `/ask why?`, `/ask text:why? about:Ann` and `/persona set name:pirate`. Without option names all of the rest
 * is the first option.
 *
 * @throws Error when there is no such command or value.
 */
export function parseSlash(world: World, guild: Guild | undefined, line: string): Typed {
  const [first = '', ...words] = line.replace(/^\//, '').trim().split(/\s+/);
  const command = world.commands.find(first, SLASH, guild);
  if (!command) throw new Error(`there is no command /${first}`);
  const path = [first];
  let options: readonly CommandOption[] = command.options;
  while (options.some(({ type }) => SUBCOMMANDS.includes(type))) {
    const chosen = options.find(({ name }) => name === words[0]);
    if (!chosen) throw new Error(`/${path.join(' ')} goes on with ${options.map(({ name }) => name).join(', ')}`);
    path.push(chosen.name);
    words.shift();
    options = chosen.options ?? [];
  }
  return { name: path.join(' '), values: valuesOf(options, words.join(' '), world) };
}

/** What is offered while a command is typed: `/persona set`, what it does, and its options. */
export function offers(commands: readonly Command[], locale: string) {
  return commands
    .filter(({ type }) => type === SLASH)
    .flatMap((command) => leaves(command, `/${command.name}`))
    .map(({ name, option }) => ({
      name,
      description: option.description_localizations?.[locale] ?? option.description,
      options: (option.options ?? []).map(
        ({ name, description, required = false, autocomplete = false, choices = [] }) => ({
          name,
          description,
          required,
          autocomplete,
          choices: choices.map(({ value }) => String(value)),
        }),
      ),
    }));
}

type Named = Pick<CommandOption, 'description' | 'options'> & {
  description_localizations?: Record<string, string> | null | undefined;
};

function leaves(option: Named, name: string): { name: string; option: Named }[] {
  const inner = (option.options ?? []).filter(({ type }) => SUBCOMMANDS.includes(type));
  return inner.length === 0 ? [{ name, option }] : inner.flatMap((one) => leaves(one, `${name} ${one.name}`));
}

function valuesOf(options: readonly CommandOption[], text: string, world: World): Values {
  if (text === '') return {};
  const names = options.map(({ name }) => name).join('|');
  const parts = names === '' ? [text] : text.split(new RegExp(`(?:^|\\s)(${names}):`));
  const [before = '', ...pairs] = parts;
  const given: [string, string][] = [];
  const [first] = options;
  if (before.trim() !== '' && first) given.push([first.name, before.trim()]);
  for (let at = 0; at < pairs.length; at += 2) given.push([pairs[at] ?? '', (pairs[at + 1] ?? '').trim()]);
  return Object.fromEntries(
    given.flatMap(([name, value]) => {
      const option = options.find((one) => one.name === name);
      return option ? [[name, toValue(option, value, world)]] : [];
    }),
  );
}

function toValue({ type, name }: CommandOption, text: string, world: World): Values[string] {
  const found = <Thing extends { name: string }>(things: Iterable<Thing>): Thing => {
    const thing = [...things].find((one) => one.name.toLowerCase() === text.replace(/^[@#]/, '').toLowerCase());
    if (!thing) throw new Error(`there is nothing called ${text} for ${name}`);
    return thing;
  };
  if (type === 4 || type === 10) return Number(text);
  if (type === 5) return /^(true|yes|1)$/i.test(text);
  if (type === 6 || type === 9) return found(world.users.values());
  if (type === 7) return found(world.channels.values());
  if (type === 8) return found([...world.guilds.values()].flatMap(({ roles }) => [...roles.values()]));
  return text;
}
