import { until } from '../../wait.ts';
import type { Channel } from './channel.ts';
import type { Command } from './commands.ts';
import type { Component } from './components.ts';
import type { Cause, Message } from './message.ts';
import { channelPermissions, may } from './permissions.ts';
import type { User } from './user.ts';
import { show } from './view.ts';
import type { World } from './world.ts';

export const COMMAND = 2;
export const COMPONENT = 3;
export const AUTOCOMPLETE = 4;
export const MODAL = 5;

/** How long the token of an interaction is good. */
const TOKEN_MS = 900_000;

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

export interface Modal {
  readonly title: string;
  readonly custom_id: string;
  readonly components: readonly Component[];
}

/** Something that a user asked of the bot (a command, a button, a form), and what came of it, as that user sees it. */
export class Interaction {
  readonly world: World;
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly user: User;
  readonly channel: Channel;
  readonly createdAt: number;
  readonly data: object;
  readonly command: Command | undefined;
  /** The message with the button that was pressed. */
  readonly source: Message | undefined;
  /** Whether the bot has given a first answer, of whatever kind. */
  acknowledged = false;
  /** What `@original` is. */
  original: Message | undefined;
  /** What the bot answered, ephemeral messages included, oldest first. */
  readonly messages: Message[] = [];
  /** What was suggested. */
  choices: readonly Choice[] | undefined;
  /** The form that was opened. */
  modal: Modal | undefined;
  followUps = 0;

  constructor(
    world: World,
    about: {
      type: number;
      user: User;
      channel: Channel;
      data: object;
      command?: Command | undefined;
      source?: Message | undefined;
    },
  ) {
    this.world = world;
    this.id = world.ids.next();
    this.token = `interaction-${this.id}`;
    this.createdAt = world.clock.now();
    this.type = about.type;
    this.user = about.user;
    this.channel = about.channel;
    this.data = about.data;
    this.command = about.command;
    this.source = about.source;
  }

  /** Whether it is too late for a first answer: the user reads "The application did not respond". */
  get failed(): boolean {
    return !this.acknowledged && this.world.clock.now() - this.createdAt > this.world.interactionMs;
  }

  get expired(): boolean {
    return this.world.clock.now() - this.createdAt > TOKEN_MS;
  }

  /** Whether the bot is there only because a user installed it. */
  get userInstalledOnly(): boolean {
    const { guild } = this.channel;
    return guild !== undefined && !guild.hasBot;
  }

  /** Where only the user may see answers of an app that the server has not installed. */
  get onlyEphemeral(): boolean {
    return this.userInstalledOnly && !may(this.user, this.channel, 'UseExternalApps');
  }

  get cause(): Cause {
    const { id, type, user, command } = this;
    return { id, type, user, ...(command && { name: command.name }) };
  }

  /** What the user sees of the answers, e.g. `Wisecrack: Hello [Stop]`. */
  shows(): string[] {
    if (this.failed) return ['The application did not respond'];
    return this.messages.filter(({ deleted }) => !deleted).map(show);
  }

  /** Waits for the first answer. */
  async answered(within = 60_000): Promise<this> {
    await until(() => this.acknowledged, { within, what: `an answer to ${this.user.name}` });
    return this;
  }

  /** Waits until a line of `shows()` contains (string) or matches (expression) this. @returns the message. */
  sees(line: string | RegExp, within = 60_000): Promise<Message> {
    const fits = (shown: string) => (typeof line === 'string' ? shown.includes(line) : line.test(shown));
    return until(() => this.messages.find((message) => !message.deleted && fits(show(message))), {
      within,
      what: () => `${line} in the answers to ${this.user.name}, which are:\n${this.shows().join('\n')}`,
    });
  }

  /** Tells the bot. */
  send(): this {
    this.world.interactions.set(this.token, this);
    const { guild } = this.channel;
    this.world.dispatch({ t: 'INTERACTION_CREATE', needs: 'none', guild, data: () => this.json() });
    return this;
  }

  json() {
    const { world, channel, user, source } = this;
    const { guild } = channel;
    const member = guild?.members.get(user.id);
    const owners = {
      ...(guild?.hasBot && { 0: guild.id }),
      ...(!guild && { 0: '0' }),
      ...(user.installed && { 1: user.id }),
    };
    return {
      id: this.id,
      application_id: world.app.id,
      type: this.type,
      token: this.token,
      version: 1,
      channel_id: channel.id,
      channel: { ...channel.json(), permissions: channelPermissions(user, channel).toString() },
      ...(guild && {
        guild_id: guild.id,
        guild: { id: guild.id, locale: guild.locale, features: [] },
        guild_locale: guild.locale,
      }),
      ...(guild && member
        ? {
            member: {
              ...guild.memberJson(member),
              permissions: channelPermissions(user, channel).toString(),
            },
          }
        : { user: user.json() }),
      locale: user.locale,
      app_permissions: channelPermissions(world.bot, channel).toString(),
      entitlements: [],
      authorizing_integration_owners: owners,
      context: guild ? 0 : 1,
      attachment_size_limit: 10_485_760,
      data: this.data,
      ...(source && { message: source.json() }),
    };
  }
}
