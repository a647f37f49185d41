import { z } from 'zod';
import { invalid, problem } from '../problems.ts';
import { componentSchema } from './components.ts';
import { type Draft, draftSchema, read } from './draft.ts';
import { AUTOCOMPLETE, COMMAND, COMPONENT, type Interaction, MODAL } from './interaction.ts';
import { EPHEMERAL, type Message } from './message.ts';
import { edit, post, remove, type Sender } from './post.ts';

const callbackSchema = z.looseObject({ type: z.number(), data: z.looseObject({}).nullish() });
const choicesSchema = z.looseObject({
  choices: z
    .array(z.looseObject({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) }))
    .max(25),
});
const modalSchema = z.looseObject({
  title: z.string().min(1).max(45),
  custom_id: z.string().min(1).max(100),
  components: z.array(componentSchema).min(1).max(5),
});

/** The kinds of first answers, and to what kinds of interactions they can be given. */
const answers: Record<number, { to: readonly number[]; give: (interaction: Interaction, data: unknown) => void }> = {
  1: { to: [1], give: () => undefined },
  4: {
    to: [COMMAND, COMPONENT, MODAL],
    give: (interaction, data) => {
      interaction.original = say(interaction, read(draftSchema, data), { original: true });
    },
  },
  5: {
    to: [COMMAND, COMPONENT, MODAL],
    give: (interaction, data) => {
      interaction.original = say(interaction, read(draftSchema, data), { original: true, loading: true });
    },
  },
  6: {
    to: [COMPONENT, MODAL],
    give: (interaction) => {
      interaction.original = interaction.source;
    },
  },
  7: {
    to: [COMPONENT, MODAL],
    give: (interaction, data) => {
      if (!interaction.source || interaction.source.deleted) throw problem('unknownMessage');
      edit(interaction.source, read(draftSchema, data));
      interaction.original = interaction.source;
    },
  },
  8: {
    to: [AUTOCOMPLETE],
    give: (interaction, data) => {
      interaction.choices = read(choicesSchema, data).choices;
    },
  },
  9: {
    to: [COMMAND, COMPONENT],
    give: (interaction, data) => {
      interaction.modal = read(modalSchema, data);
    },
  },
};

/**
 * Gives the first answer.
 *
 * @returns what `with_response` asks for.
 * @throws ApiError 10062 when it is too late, 40060 when there was one already, 50035
 */
export function answer(interaction: Interaction, body: unknown) {
  const { type, data } = read(callbackSchema, body);
  if (interaction.acknowledged) throw problem('acknowledged');
  if (interaction.failed) throw problem('unknownInteraction');
  const kind = answers[type];
  if (!kind?.to.includes(interaction.type)) {
    throw invalid(
      ['type'],
      'INTERACTION_APPLICATION_COMMAND_INVALID_CALLBACK',
      'This answer does not fit the interaction.',
    );
  }
  kind.give(interaction, data);
  interaction.acknowledged = true;
  interaction.world.changed();
  const { id, original } = interaction;
  const made = type === 4 || type === 5 || type === 7 ? original : undefined;
  return {
    interaction: {
      id,
      type: interaction.type,
      ...(made && {
        response_message_id: made.id,
        response_message_loading: made.isLoading,
        response_message_ephemeral: made.ephemeralTo !== undefined,
      }),
    },
    resource: { type, ...(made && { message: made.json() }) },
  };
}

/** Sends one more message. @throws ApiError 10015 before the first answer, 40094, 50006, 50027, 50035 */
export function followUp(interaction: Interaction, draft: Draft): Message {
  checkToken(interaction);
  const { original } = interaction;
  // Discord takes the first follow-up of a deferred answer as that answer, as long as that is there.
  if (original?.isLoading && !original.deleted) {
    edit(original, draft);
    return original;
  }
  if (interaction.userInstalledOnly && interaction.followUps >= 5) throw problem('tooManyFollowUps');
  const message = say(interaction, draft, {});
  interaction.followUps++;
  return message;
}

/** A message of the interaction by its id or `@original`. @throws ApiError 10008, 10015, 50027 */
export function answerOf(interaction: Interaction, id: string): Message {
  checkToken(interaction);
  const message =
    id === '@original'
      ? interaction.original
      : [interaction.source, ...interaction.messages].find((one) => one?.id === id);
  if (!message || message.deleted) throw problem('unknownMessage');
  return message;
}

/** Removes a message of the interaction. */
export function removeAnswer(interaction: Interaction, id: string): void {
  const message = answerOf(interaction, id);
  if (message.ephemeralTo) {
    message.deleted = true;
    interaction.world.changed();
  } else {
    remove(message);
  }
}

function checkToken(interaction: Interaction): void {
  if (interaction.expired) throw problem('invalidToken');
  if (!interaction.acknowledged) throw problem('unknownWebhook');
}

function say(
  interaction: Interaction,
  draft: Draft,
  { original = false, loading = false }: { original?: boolean; loading?: boolean },
): Message {
  const { world, user, channel, cause, command } = interaction;
  const ephemeral = ((draft.flags ?? 0) & EPHEMERAL) !== 0 || interaction.onlyEphemeral;
  const type = original && command ? { type: command.type === 1 ? 20 : 23 } : {};
  const sender: Sender = { author: world.bot, webhookId: world.app.id, cause, loading, ...type };
  const message = post(channel, draft, { ...sender, ephemeralTo: ephemeral ? user : undefined });
  interaction.messages.push(message);
  return message;
}
