import { problem } from '../problems.ts';
import type { Channel } from '../state/channel.ts';
import { type Command, MESSAGE_MENU, SLASH } from '../state/commands.ts';
import type { Role } from '../state/guild.ts';
import { AUTOCOMPLETE, type Choice, COMMAND, COMPONENT, Interaction, MODAL } from '../state/interaction.ts';
import { mentionsOf } from '../state/mentions.ts';
import { type Attachment, Message } from '../state/message.ts';
import { guildPermissions, may } from '../state/permissions.ts';
import { put, record, remove, tell } from '../state/post.ts';
import { react, startTyping } from '../state/signs.ts';
import { User } from '../state/user.ts';
import type { World } from '../state/world.ts';
import { fillIn, type Values } from './options.ts';

/** Somebody with the Discord app in their hand. */
export class Person extends User {
  readonly #world: World;

  constructor(world: World, about: ConstructorParameters<typeof User>[0]) {
    super(about);
    this.#world = world;
  }

  /** The direct messages with the bot. */
  dm(): Channel {
    return this.#world.dm(this);
  }

  /**
   * Sends a message.
   *
   * @param mentions - put before the text, e.g. `[discord.bot]`.
   * @param ping - whether a reply pings whom it answers, which the Discord app does unless told not to.
   */
  says(
    channel: Channel,
    text: string,
    {
      replyTo,
      mentions = [],
      attachments = [],
      ping = true,
    }: {
      replyTo?: Message;
      mentions?: readonly (User | Role)[];
      attachments?: readonly Attachment[];
      ping?: boolean;
    } = {},
  ): Message {
    this.#may(channel, channel.isThread ? 'SendMessagesInThreads' : 'SendMessages');
    const named = mentions.map((one) => (one instanceof User ? `<@${one.id}> ` : `<@&${one.id}> `)).join('');
    const message = new Message(channel, this, {
      id: this.#world.ids.next(),
      type: replyTo ? 19 : 0,
      reference: replyTo,
    });
    message.content = named + text;
    message.attachments = [...attachments];
    const allowed = { parse: ['users', 'roles', 'everyone'] as const, replied_user: ping };
    message.mentions = mentionsOf(
      channel,
      this,
      message.content,
      { ...allowed, parse: [...allowed.parse] },
      replyTo?.author,
    );
    put(message);
    return message;
  }

  /** Changes an own message. */
  edits(message: Message, text: string): void {
    if (message.author !== this) throw problem('othersMessage');
    message.content = text;
    message.mentions = mentionsOf(message.channel, this, text, undefined, message.reference?.author);
    message.editedAt = this.#world.clock.now();
    message.edits++;
    record(message, 'edit');
    tell(message, 'MESSAGE_UPDATE');
  }

  /** Deletes a message: an own one, or another's as a moderator. */
  deletes(message: Message): void {
    remove(message);
  }

  types(channel: Channel): void {
    startTyping(channel, this);
  }

  reacts(message: Message, emoji: string): void {
    react(message, this, emoji);
  }

  /** Starts a thread. */
  opens(channel: Channel, name: string, message?: Message): Channel {
    return channel.addThread(name, { owner: this, ...(message && { message }) });
  }

  /** Installs the app for themself. */
  installs(): void {
    this.installed = true;
  }

  /**
   * Uses a slash command.
   *
   * @param name - with its subcommand, e.g. `persona set`.
   * @returns what this user sees of it; ephemeral replies included.
   * @throws Error when the Discord app would not offer it.
   */
  slash(channel: Channel, name: string, values: Values = {}): Interaction {
    const [first = '', ...path] = name.split(' ');
    const command = this.#command(channel, first, SLASH);
    const data = fillIn(command, path, values, channel.guild);
    return this.#ask({ type: COMMAND, channel, data, command });
  }

  /** What is suggested for the last of these options, while it is typed. */
  async autocomplete(channel: Channel, name: string, values: Values, within = 60_000): Promise<readonly Choice[]> {
    const [first = '', ...path] = name.split(' ');
    const command = this.#command(channel, first, SLASH);
    const focused = Object.keys(values).at(-1);
    const data = fillIn(command, path, values, channel.guild, focused);
    const interaction = await this.#ask({ type: AUTOCOMPLETE, channel, data, command }).answered(within);
    return interaction.choices ?? [];
  }

  /** Uses a command from the menu of a message. */
  context(message: Message, name: string): Interaction {
    const { channel } = message;
    const command = this.#command(channel, name, MESSAGE_MENU);
    const { id, type } = command;
    const data = { id, name, type, target_id: message.id, resolved: { messages: { [message.id]: message.json() } } };
    return this.#ask({ type: COMMAND, channel, data, command });
  }

  /**
   * Presses a button.
   *
   * @param button - its custom id or label.
   * @throws Error when it is not there, cannot be pressed, or the message is gone.
   */
  presses(message: Message, button: string): Interaction {
    const { custom_id, type, disabled, id } = message.component(button);
    if (disabled) throw new Error(`the button ${button} is grey`);
    return this.#onMessage(message, { custom_id, component_type: type, id: id ?? 1 });
  }

  /** Chooses in a menu. */
  selects(message: Message, menu: string, values: readonly string[]): Interaction {
    const { custom_id, type, id } = message.component(menu);
    return this.#onMessage(message, { custom_id, component_type: type, id: id ?? 1, values });
  }

  /** Fills in and sends the form that an interaction opened. */
  submits(opened: Interaction, values: Readonly<Record<string, string>>): Interaction {
    const { modal, channel, source } = opened;
    if (!modal) throw new Error('no form is open');
    const filled = modal.components.map((row) => {
      const fill = (one: { custom_id?: string | undefined; type: number; value?: string | undefined }) => ({
        type: one.type,
        id: 1,
        custom_id: one.custom_id,
        value: values[one.custom_id ?? ''] ?? one.value ?? '',
      });
      if (row.component) return { type: row.type, id: 1, component: fill(row.component) };
      return { type: row.type, id: 1, components: (row.components ?? []).map(fill) };
    });
    return this.#ask({ type: MODAL, channel, data: { custom_id: modal.custom_id, components: filled }, source });
  }

  #onMessage(message: Message, data: object): Interaction {
    const { channel, ephemeralTo, deleted } = message;
    if (deleted || (ephemeralTo && ephemeralTo !== this)) throw new Error('the message is not there');
    this.#may(channel, 'ViewChannel');
    return this.#ask({ type: COMPONENT, channel, data, source: message });
  }

  #ask(about: {
    type: number;
    channel: Channel;
    data: object;
    command?: Command;
    source?: Message | undefined;
  }): Interaction {
    return new Interaction(this.#world, { user: this, ...about }).send();
  }

  #command(channel: Channel, name: string, type: number): Command {
    const { guild } = channel;
    const command = this.#world.commands.find(name, type, guild);
    if (!command) throw new Error(`there is no command ${name}`);
    const needs = BigInt(command.default_member_permissions ?? 0);
    const has = guild ? guildPermissions(this, guild) : needs;
    if ((has & needs) !== needs) throw new Error(`${this.name} may not use ${name}`);
    if (guild && !guild.hasBot && !(this.installed && command.integration_types?.includes(1))) {
      throw new Error(`${name} is not installed for ${this.name}`);
    }
    if (command.contexts && !command.contexts.includes(guild ? 0 : 1)) throw new Error(`${name} cannot be used here`);
    this.#may(channel, 'UseApplicationCommands');
    return command;
  }

  #may(channel: Channel, permission: Parameters<typeof may>[2]): void {
    if (!may(this, channel, 'ViewChannel', permission))
      throw new Error(`${this.name} may not ${permission} in #${channel.name}`);
    if (channel.recipient && channel.recipient !== this) throw new Error(`these are not the messages of ${this.name}`);
  }
}
