import { useSignal } from '@preact/signals';
import type { PersonaLine } from '../../../../api/index.ts';
import { duration, number, pair, percent } from '../../../ui/format.ts';
import { type Choice, ChoiceFields } from './choice.tsx';
import type { Exchange, Token } from './lane.ts';
import { say } from './texts.ts';

interface Props {
  name: string;
  choice: Choice;
  exchanges: readonly Exchange[];
  personas: readonly PersonaLine[];
  onChoice: (choice: Choice) => void;
}

/** One conversation of the playground. */
export function Lane({ name, choice, exchanges, personas, onChoice }: Props) {
  const answering = choice.persona === '' ? name : (personas.find(({ id }) => id === choice.persona)?.name ?? name);
  return (
    <section class="lane" aria-label={answering}>
      <ChoiceFields {...{ choice, personas, onChoice }} />
      <ol class="exchanges" aria-live="polite">
        {exchanges.map((exchange, at) => (
          <Said key={at} exchange={exchange} name={answering} />
        ))}
      </ol>
    </section>
  );
}

function Said({ exchange, name }: { exchange: Exchange; name: string }) {
  const { question, state, text, tokens, end, error } = exchange;
  const words = say();
  const over = end.value;
  const shown = over && tokensOf(text.value, tokens.value);
  return (
    <li class="exchange">
      <p class="asked said">{question}</p>
      <p class="turn-name">{name}</p>
      {state.value === 'waiting' ? (
        <p class="faint">{words.waiting}</p>
      ) : shown ? (
        <Tokens tokens={shown} />
      ) : (
        <p class="said">{text}</p>
      )}
      {error.value !== '' && (
        <p class="bad" role="alert">
          {pair(words.failed, error.value)}
        </p>
      )}
      {over && (
        <p class="faint figure">
          {words.figures(
            number(over.figures.replyTokens),
            number(over.figures.tokensPerSecond, 1),
            duration(over.figures.waitMs + over.figures.firstTokenMs),
          )}{' '}
          {words.finish[over.finish]}
        </p>
      )}
    </li>
  );
}

/** The tokens of a text, without those that were cut at its end, a stop string above all; undefined where they say something else. */
function tokensOf(text: string, all: readonly Token[]): readonly Token[] | undefined {
  const whole = text.trim();
  let said = '';
  const tokens = all.filter((it) => {
    const isIn = said.trimStart().length < whole.length;
    if (isIn) said += it.text;
    return isIn;
  });
  return tokens.length > 0 && said.trimStart().startsWith(whole) ? tokens : undefined;
}

/** A reply by its tokens; the one pointed at, or gone to with the arrow keys, says below how likely it was. */
function Tokens({ tokens }: { tokens: readonly Token[] }) {
  const words = say();
  const pointed = useSignal(-1);
  const known = tokens.some(({ probability }) => probability !== undefined);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !known) return;
    event.preventDefault();
    pointed.value = Math.min(Math.max(pointed.value + step, 0), tokens.length - 1);
  };
  const token = tokens[pointed.value];
  return (
    <>
      <section class="said tokens" aria-label={words.words} tabIndex={known ? 0 : -1} onKeyDown={press}>
        {tokens.map((it, at) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys do the same
          <span
            key={at}
            class={`token${isUnlikely(it) ? ' unlikely' : ''}${at === pointed.value ? ' pointed' : ''}`}
            onMouseEnter={() => {
              pointed.value = at;
            }}
          >
            {at === 0 ? it.text.trimStart() : it.text}
          </span>
        ))}
      </section>
      <p class="alternatives figure faint" aria-live="polite">
        {token ? wordsOf(token) : known ? words.hover : words.noProbabilities}
      </p>
    </>
  );
}

const isUnlikely = ({ probability }: Token) => probability !== undefined && probability < 0.1;

function wordsOf({ text, probability, alternatives = [] }: Token): string {
  if (probability === undefined) return '';
  const shown = (word: string, part: number) => say().likely(JSON.stringify(word), percent(part));
  return [
    shown(text, probability),
    ...alternatives.filter((it) => it.text !== text).map((it) => shown(it.text, it.probability)),
  ].join('   ');
}
