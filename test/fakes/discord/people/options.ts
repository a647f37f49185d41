import { Channel } from '../state/channel.ts';
import type { Command, CommandOption } from '../state/commands.ts';
import type { Guild, Role } from '../state/guild.ts';
import { User } from '../state/user.ts';

/** What somebody fills in: by the option's name. */
export type Values = Readonly<Record<string, string | number | boolean | User | Channel | Role>>;

const SUBCOMMAND = 1;
const GROUP = 2;

/**
 * Fills in a slash command as the Discord client does: what is not an option of it cannot be typed.
 *
 * @param path - the subcommand, e.g. `['set']`.
 * @param focused - the option that is being typed, for autocomplete.
 * @throws Error when a required option is missing, or one is not there.
 */
export function fillIn(command: Command, path: readonly string[], values: Values, guild?: Guild, focused?: string) {
  const found: Found = { users: {}, members: {}, channels: {}, roles: {} };
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guild && { guild_id: command.guild.id }),
    options: descend(command.options, path, values, found, guild, focused, command.name),
    ...(Object.values(found).some((kind) => Object.keys(kind).length > 0) && { resolved: found }),
  };
}

interface Found {
  users: Record<string, object>;
  members: Record<string, object>;
  channels: Record<string, object>;
  roles: Record<string, object>;
}

function descend(
  options: readonly CommandOption[],
  [step, ...rest]: readonly string[],
  values: Values,
  found: Found,
  guild: Guild | undefined,
  focused: string | undefined,
  where: string,
): object[] {
  const subcommands = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (subcommands.length > 0) {
    const chosen = subcommands.find(({ name }) => name === step);
    if (!chosen) throw new Error(`/${where} has no subcommand ${step}`);
    const inner = descend(chosen.options ?? [], rest, values, found, guild, focused, `${where} ${chosen.name}`);
    return [{ type: chosen.type, name: chosen.name, options: inner }];
  }
  if (step !== undefined) throw new Error(`/${where} has no subcommand ${step}`);
  for (const name of Object.keys(values)) {
    if (!options.some((option) => option.name === name)) throw new Error(`/${where} has no option ${name}`);
  }
  return options.flatMap((option) => {
    const value = values[option.name];
    if (value === undefined) {
      if (option.required && focused === undefined) throw new Error(`/${where} needs the option ${option.name}`);
      return [];
    }
    if (option.choices?.length && !option.choices.some((choice) => choice.value === value)) {
      throw new Error(`/${where} has no choice ${value} for ${option.name}`);
    }
    const given = resolve(value, found, guild);
    return [{ type: option.type, name: option.name, value: given, ...(option.name === focused && { focused: true }) }];
  });
}

function resolve(value: Values[string], found: Found, guild: Guild | undefined): string | number | boolean {
  if (typeof value !== 'object') return value;
  if (value instanceof User) {
    found.users[value.id] = value.json();
    const member = guild?.members.get(value.id);
    if (guild && member) found.members[value.id] = guild.memberJson(member, { user: false, permissions: true });
  } else if (value instanceof Channel) {
    found.channels[value.id] = { ...value.json(), permissions: '0' };
  } else {
    found.roles[value.id] = { id: value.id, name: value.name };
  }
  return value.id;
}
