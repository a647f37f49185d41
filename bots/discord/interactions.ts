import {
  type AutocompleteInteraction,
  type BaseInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  ComponentType,
  type Interaction,
  InteractionContextType,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  PermissionFlagsBits,
  type RepliableInteraction,
  type StringSelectMenuInteraction,
} from 'discord.js';
import { reasonOf } from '../../errors.ts';
import type { BotLog } from '../chat/bot/index.ts';
import type { BotCommand, Ears, Heard, Person, Whereabouts } from '../chat/heard.ts';
import { localeOf } from '../chat/index.ts';
import { pages } from '../chat/pages.ts';
import { Recent } from '../chat/recent.ts';
import { readButtonId } from './buttons.ts';
import { clean, type Names } from './clean.ts';
import { ANSWER_THIS } from './commands/definitions.ts';
import { flatten } from './commands/options.ts';
import { discordCode } from './problems.ts';
import { isForAdults, personOf, selfIn } from './read.ts';
import type { Seal } from './seal.ts';
import type { DiscordSurface } from './surface.ts';
import { texts } from './texts.ts';
import { conversationOf } from './triggers.ts';
import { sealToken, TOKEN_MS } from './ways/interaction.ts';

/** How many messages are remembered between "Answer this" and the choice of a persona. */
const REMEMBERED = 1000;
/** Discord's limits of a message, a choice, and the choices in a list. */
const LONGEST = 2000;
const LONGEST_CHOICE = 100;
const MOST_CHOICES = 25;
/** When somebody who waits for a slash command is told that it takes too long, in ms before its token ends. */
const SPARE_MS = 30_000;

const UNKNOWN_INTERACTION = 10062;
const ALREADY_ACKNOWLEDGED = 40060;

const WHO = 'who:';
const ephemeral = { flags: MessageFlags.Ephemeral } as const;

export interface InteractionsOptions {
  ears: Ears;
  log: BotLog;
  seal: Seal;
  /** Ends a "thinking" that nothing has filled: with a text, or, without one, by taking it away. */
  letGo: DiscordSurface['letGo'];
  /** How long a slash command may show "thinking", in ms. Default: as long as Discord allows. */
  patienceMs?: number;
}

/** Slash commands, buttons, lists: each is acknowledged first, since Discord waits for 3 s only, and then seen to. */
export class Interactions {
  readonly #options: InteractionsOptions;
  readonly #targets = new Recent<NonNullable<Heard['replyTo']>>(REMEMBERED);
  readonly #waiting = new Set<NodeJS.Timeout>();

  constructor(options: InteractionsOptions) {
    this.#options = options;
  }

  async handle(interaction: Interaction): Promise<void> {
    if (interaction.channelId === null) return;
    if (interaction.isAutocomplete()) return this.#suggest(interaction);
    if (interaction.isChatInputCommand()) {
      return isQuestion(interaction.commandName) ? this.#ask(interaction) : this.#command(interaction);
    }
    if (interaction.isMessageContextMenuCommand() && interaction.commandName === ANSWER_THIS) {
      return this.#offerPersonas(interaction);
    }
    if (interaction.isButton()) return this.#press(interaction);
    if (interaction.isStringSelectMenu() && interaction.customId.startsWith(WHO)) return this.#answerThis(interaction);
  }

  close(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }

  async #suggest(interaction: AutocompleteInteraction): Promise<void> {
    const choices = this.#options.ears
      .suggest(interaction.options.getFocused())
      .slice(0, MOST_CHOICES)
      .map(({ id, name }) => ({ name: name.slice(0, LONGEST_CHOICE), value: id }));
    await interaction.respond(choices);
  }

  async #ask(interaction: ChatInputCommandInteraction): Promise<void> {
    const inTime = await this.#acknowledge(interaction, () => interaction.deferReply());
    // Too late for an answer to the command; where the bot may speak, it answers all the same.
    if (!inTime && !canSpeak(interaction)) return;
    if (inTime) this.#watch(interaction);
    await this.#options.ears.hear({
      id: interaction.id,
      by: by(interaction),
      at: this.#at(interaction, { answers: inTime }),
      addressed: 'command',
      ...questionIn(interaction),
    });
  }

  async #command(interaction: ChatInputCommandInteraction): Promise<void> {
    const inTime = await this.#acknowledge(interaction, () => interaction.deferReply(ephemeral));
    if (!inTime) return;
    const say = texts[localeOf(interaction.locale)];
    let text: string | undefined;
    try {
      const name = interaction.commandName as BotCommand;
      const at = this.#at(interaction, { answers: !canSpeak(interaction) });
      ({ text } = await this.#options.ears.command(name, flatten(interaction.options.data), by(interaction), at));
    } catch (error) {
      this.#options.log.warn({ command: interaction.commandName, error: reasonOf(error) }, 'a slash command failed');
      text = say.failed;
    }
    const [first = say.done, ...more] = pages(text ?? '', LONGEST);
    await interaction.editReply({ content: first });
    for (const content of more) await interaction.followUp({ content, ...ephemeral });
  }

  async #press(interaction: ButtonInteraction): Promise<void> {
    const pressed = readButtonId(interaction.customId);
    if (!pressed) return;
    if (!(await this.#acknowledge(interaction, () => interaction.deferUpdate()))) return;
    const at = this.#at(interaction, { answers: !canSpeak(interaction) });
    const { text } = await this.#options.ears.press(pressed.button, pressed.jobId, by(interaction), at);
    for (const content of pages(text ?? '', LONGEST)) await interaction.followUp({ content, ...ephemeral });
  }

  /** "Answer this", first step: by whom. */
  async #offerPersonas(interaction: MessageContextMenuCommandInteraction): Promise<void> {
    const { targetMessage: target } = interaction;
    const self = selfIn(interaction.client, interaction.guild);
    this.#targets.set(target.id, {
      id: target.id,
      name: target.member && 'displayName' in target.member ? target.member.displayName : target.author.displayName,
      text: clean(target.content, namesAround(interaction), self),
      own: target.author.id === self.id,
    });
    const say = texts[localeOf(interaction.locale)];
    const options = this.#options.ears
      .suggest('')
      .slice(0, MOST_CHOICES)
      .map(({ id, name }) => ({ label: name.slice(0, LONGEST_CHOICE), value: id }));
    const list = {
      type: ComponentType.StringSelect,
      customId: `${WHO}${target.id}`,
      placeholder: say.choose,
      options,
    } as const;
    await this.#acknowledge(interaction, () =>
      interaction.reply({
        content: say.whoAnswers,
        components: [{ type: ComponentType.ActionRow, components: [list] }],
        ...ephemeral,
      }),
    );
  }

  /** "Answer this", second step. */
  async #answerThis(interaction: StringSelectMenuInteraction): Promise<void> {
    const say = texts[localeOf(interaction.locale)];
    const target = this.#targets.get(interaction.customId.slice(WHO.length));
    const content = target ? say.comes : say.askAgain;
    const inTime = await this.#acknowledge(interaction, () => interaction.update({ content, components: [] }));
    const [persona] = interaction.values;
    if (!target || persona === undefined) return;
    const speaks = canSpeak(interaction);
    if (!inTime && !speaks) return;
    const at = this.#at(interaction, { answers: !speaks });
    await this.#options.ears.hear({
      id: interaction.id,
      by: by(interaction),
      at: speaks ? { ...at, place: { ...at.place, replyTo: target.id } } : at,
      text: target.text,
      addressed: 'context',
      persona,
      replyTo: target,
    });
  }

  /** @returns false when it was too late: Discord has told the person that the bot does not answer. */
  async #acknowledge(interaction: RepliableInteraction, send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      const code = discordCode(error);
      if (code === ALREADY_ACKNOWLEDGED) {
        // Our own first try, whose answer was lost.
        interaction.deferred = true;
        return true;
      }
      if (code !== UNKNOWN_INTERACTION) throw error;
      this.#options.log.warn({ interaction: interaction.id }, 'Discord did not wait for the acknowledgement');
      return false;
    }
  }

  /** Sees to it that nobody looks at "thinking" for ever. */
  #watch(interaction: ChatInputCommandInteraction): void {
    const { letGo, log, patienceMs = TOKEN_MS - SPARE_MS } = this.#options;
    const { applicationId: application, token, locale } = interaction;
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      // Where the bot may speak, the answer comes as a message of its own.
      const text = canSpeak(interaction) ? undefined : texts[localeOf(locale)].tooLate;
      letGo({ application, token }, text).catch((error) => {
        log.warn({ error: reasonOf(error) }, 'a slash command still waits');
      });
    }, patienceMs).unref();
    this.#waiting.add(timer);
  }

  /** @param answers - whether a reply is to answer the interaction rather than be a message of its own. */
  #at(interaction: RepliableInteraction, { answers }: { answers: boolean }): Whereabouts {
    const { channel, guildId, locale, applicationId: application, token } = interaction;
    // `handle` has seen to it that there is one.
    const id = interaction.channelId as string;
    const parent = channel?.isThread() ? channel.parentId : null;
    return {
      conversation: conversationOf(id),
      channel: id,
      ...(parent !== null && { parentChannel: parent }),
      ...(guildId !== null && { server: guildId, adult: isForAdults(channel) }),
      direct: isDirect(interaction),
      place: {
        channel: id,
        extra: {
          locale,
          ...(parent !== null && { parent }),
          ...(answers && sealToken(this.#options.seal, { application, token, until: Date.now() + TOKEN_MS }, id)),
        },
      },
    };
  }
}

const isQuestion = (name: string) => name === 'ask' || name === 'catchup' || name === 'news';

/** What a slash command asks for that is answered by the persona. */
function questionIn(interaction: ChatInputCommandInteraction): Pick<Heard, 'text' | 'wish' | 'persona'> {
  const { options, commandName } = interaction;
  if (commandName === 'catchup')
    return { text: '', wish: { kind: 'catchup', range: options.getString('since') ?? '' } };
  const self = selfIn(interaction.client, interaction.guild);
  const said = (name: string) => clean(options.getString(name) ?? '', namesAround(interaction), self);
  if (commandName === 'news') return { text: '', wish: { kind: 'news', topic: said('topic') } };
  const persona = options.getString('persona');
  return { text: said('text'), ...(persona && { persona }) };
}

function by(interaction: BaseInteraction): Person {
  const { user, member, memberPermissions: permissions, locale } = interaction;
  return personOf(user, member, { permissions, direct: isDirect(interaction), locale });
}

const isDirect = ({ context }: BaseInteraction) => context === InteractionContextType.BotDM;

/** Whether the bot itself, not only its answers to commands, can be in this channel. */
function canSpeak(interaction: BaseInteraction): boolean {
  if (isDirect(interaction)) return true;
  if (!interaction.inCachedGuild()) return false;
  const { SendMessages, SendMessagesInThreads, ViewChannel } = PermissionFlagsBits;
  const send = interaction.channel?.isThread() ? SendMessagesInThreads : SendMessages;
  return interaction.appPermissions.has([ViewChannel, send]);
}

/** Names that happen to be in memory: commands come without those of whom they mention. */
function namesAround({ client, guild }: BaseInteraction): Names {
  return {
    users: {
      get: (id) => guild?.members.cache.get(id)?.displayName ?? client.users.cache.get(id)?.displayName,
    },
    roles: { get: (id) => guild?.roles.cache.get(id)?.name },
    channels: { get: (id) => guild?.channels.cache.get(id)?.name },
  };
}
