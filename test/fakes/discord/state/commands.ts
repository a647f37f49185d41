import { z } from 'zod';
import { problem } from '../problems.ts';
import { read } from './draft.ts';
import type { Guild } from './guild.ts';
import type { World } from './world.ts';

const nameSchema = z.string().min(1).max(32);
const localized = z.record(z.string(), z.string().max(100)).nullish();

export interface CommandOption {
  type: number;
  name: string;
  description: string;
  required?: boolean | undefined;
  autocomplete?: boolean | undefined;
  choices?: { name: string; value: string | number }[] | undefined;
  options?: CommandOption[] | undefined;
  max_length?: number | undefined;
}

const optionSchema: z.ZodType<CommandOption> = z.lazy(() =>
  z.looseObject({
    type: z.number().int().min(1).max(11),
    name: nameSchema.regex(/^[-_'\p{L}\p{N}]+$/u),
    name_localizations: localized,
    description: z.string().min(1).max(100),
    description_localizations: localized,
    required: z.boolean().optional(),
    autocomplete: z.boolean().optional(),
    choices: z
      .array(z.looseObject({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) }))
      .max(25)
      .optional(),
    options: z.array(optionSchema).max(25).optional(),
    max_length: z.number().optional(),
  }),
);

export const SLASH = 1;
export const MESSAGE_MENU = 3;

const commandSchema = z
  .looseObject({
    type: z.number().int().min(1).max(4).default(SLASH),
    name: nameSchema,
    name_localizations: localized,
    description: z.string().max(100).default(''),
    description_localizations: localized,
    options: z.array(optionSchema).max(25).default([]),
    default_member_permissions: z.string().nullish(),
    dm_permission: z.boolean().nullish(),
    contexts: z.array(z.number()).nullish(),
    integration_types: z.array(z.number()).nullish(),
    nsfw: z.boolean().nullish(),
  })
  .refine(({ type, name }) => type !== SLASH || /^[-_'\p{Ll}\p{Lm}\p{Lo}\p{N}]+$/u.test(name), {
    path: ['name'],
    message: 'Command name is invalid',
  })
  .refine(({ type, description }) => (type === SLASH) === description.length > 0, {
    path: ['description'],
    message: 'Only slash commands have a description, and all of them do',
  });

/** A registered command. */
export interface Command extends z.infer<typeof commandSchema> {
  id: string;
  version: string;
  guild: Guild | undefined;
}

const MOST = 100;

/** The commands that the app has registered, everywhere and in single guilds. */
export class Commands {
  readonly #world: World;
  readonly #list: Command[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  list(guild?: Guild): Command[] {
    return this.#list.filter((command) => command.guild === guild);
  }

  /** The command that somebody in `guild` means. */
  find(name: string, type: number, guild: Guild | undefined): Command | undefined {
    const named = this.#list.filter((command) => command.name === name && command.type === type);
    return (guild && named.find((command) => command.guild === guild)) ?? named.find((command) => !command.guild);
  }

  /** @throws ApiError 10063 */
  get(id: string, guild?: Guild): Command {
    const command = this.#list.find((one) => one.id === id && one.guild === guild);
    if (!command) throw problem('unknownCommand');
    return command;
  }

  /** Adds one, or replaces the one of that name. @throws ApiError 50035 */
  put(body: unknown, guild?: Guild): Command {
    const fields = read(commandSchema, body);
    const before = this.#list.find(
      (one) => one.name === fields.name && one.type === fields.type && one.guild === guild,
    );
    if (!before && this.list(guild).length >= MOST) throw problem('tooManyCommands');
    const id = before?.id ?? this.#world.ids.next();
    const command: Command = { ...fields, id, version: this.#world.ids.next(), guild };
    if (before) this.#list.splice(this.#list.indexOf(before), 1, command);
    else this.#list.push(command);
    this.#world.changed();
    return command;
  }

  change(id: string, body: unknown, guild?: Guild): Command {
    const before = this.get(id, guild);
    const { guild: _, version: __, ...fields } = before;
    this.remove(id, guild);
    const after = this.put({ ...fields, ...(body as object) }, guild);
    after.id = id;
    return after;
  }

  remove(id: string, guild?: Guild): void {
    this.#list.splice(this.#list.indexOf(this.get(id, guild)), 1);
    this.#world.changed();
  }

  /** Replaces all. Nothing changes when one of them is wrong. */
  replace(bodies: readonly unknown[], guild?: Guild): Command[] {
    if (bodies.length > MOST) throw problem('tooManyCommands');
    const wanted = bodies.map((body) => read(commandSchema, body));
    for (const old of this.list(guild)) {
      if (!wanted.some(({ name, type }) => name === old.name && type === old.type)) this.remove(old.id, guild);
    }
    return wanted.map((fields) => this.put(fields, guild));
  }

  json({ guild, ...command }: Command) {
    return {
      ...command,
      application_id: this.#world.app.id,
      ...(guild && { guild_id: guild.id }),
      default_member_permissions: command.default_member_permissions ?? null,
      contexts: command.contexts ?? null,
      integration_types: command.integration_types ?? [0],
      nsfw: command.nsfw ?? false,
    };
  }
}
