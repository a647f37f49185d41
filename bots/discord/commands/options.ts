import type { CommandInteractionOption } from 'discord.js';

/** The parts of an option that we look at. */
export type Given = Pick<CommandInteractionOption, 'name' | 'value'> & { options?: readonly Given[] | undefined };

/**
 * The options of a command as `Ears.command` takes them. A subcommand (of `/settings`) becomes `key`, its `on` becomes
 * `value`, and its `where` becomes `scope`.
 */
export function flatten(given: readonly Given[]): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const { name, value, options } of given) {
    if (value === undefined) Object.assign(flat, { key: name }, flatten(options ?? []));
    else flat[renamed[name] ?? name] = String(value);
  }
  return flat;
}

const renamed: Record<string, string> = { on: 'value', where: 'scope' };
