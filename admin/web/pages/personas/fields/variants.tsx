import { SelectField } from '../../../ui/select-field.tsx';
import { type Fields, fieldsIn, itemsIn, textIn } from '../draft.ts';
import { Exchanges } from './exchanges.tsx';
import { Folded } from './folded.tsx';
import { LinesFields } from './lines.tsx';
import { below, type FieldsProps, orNothing } from './props.ts';
import { Repeated } from './repeated.tsx';
import { SamplingFields, samplingWords } from './sampling-fields.tsx';
import { Speech } from './speech.tsx';
import { say } from './texts.ts';

const platforms = ['', 'discord', 'telegram', 'web', 'console'] as const;
const languages = ['', 'en', 'zh'] as const;
const speech = ['profile', 'frame', 'greeting', 'greetings', 'replyTokens', 'stop', 'bannedPhrases'] as const;

/** What is different on one platform or in one language. */
export function Variants({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  return (
    <div class="stack">
      <p class="quiet">{text.variantsLead}</p>
      <Repeated
        items={itemsIn(fields, 'variants')}
        onItems={(variants) => change('variants', variants)}
        fresh={{}}
        most={20}
        words={text.variants}
        error={mistake('variants', 'here')}
        disabled={disabled}
      >
        {(variant, at, set) => (
          <Variant
            part={below({ mistake, disabled }, `variants.${at}`, variant, set)}
            error={mistake(`variants.${at}`, 'here')}
          />
        )}
      </Repeated>
    </div>
  );
}

function Variant({ part, error }: { part: FieldsProps; error: string | undefined }) {
  const text = say();
  const { fields, change, mistake } = part;
  const choice = (name: string) => ({
    value: textIn(fields, name),
    onChange: (value: string) => change(name, value === '' ? undefined : value),
  });
  const lines = fieldsIn(fields, 'lines');
  const sampling = fieldsIn(fields, 'sampling');
  const examples = itemsIn(fields, 'examples');
  const own = (names: readonly string[]) => names.filter((name) => fields[name] !== undefined).length;
  const first = (names: readonly string[]) => names.map((name) => mistake(name)).find((it) => it !== undefined);
  return (
    <>
      <div class="columns narrow">
        <SelectField
          label={text.platform}
          error={error ?? mistake('platform')}
          options={platforms.map((value) => ({ value, label: text.platforms[value || 'any'] }))}
          {...choice('platform')}
        />
        <SelectField
          label={text.language}
          error={mistake('language')}
          options={languages.map((value) => ({ value, label: text.languages[value || 'any'] }))}
          {...choice('language')}
        />
      </div>
      <Folded title={text.speech} summary={text.ownOf(own(speech))} open={own(speech) > 0} mistake={first(speech)}>
        <Speech {...part} varies />
      </Folded>
      <Folded
        title={text.examplesTitle}
        summary={text.ownOf(examples.length)}
        open={examples.length > 0}
        mistake={mistake('examples')}
      >
        <Exchanges
          {...part}
          change={(name, value) => change(name, orNothing(value as Fields[]))}
          words={text.examples}
          most={12}
        />
      </Folded>
      <Folded
        title={text.linesTitle}
        summary={text.ownOf(Object.keys(lines).length)}
        open={Object.keys(lines).length > 0}
        mistake={mistake('lines')}
      >
        <LinesFields varies {...below(part, 'lines', lines, (next) => change('lines', orNothing(next)))} />
      </Folded>
      <Folded
        title={text.samplingTitle}
        summary={samplingWords(sampling) || text.ownOf(0)}
        open={samplingWords(sampling) !== ''}
        mistake={mistake('sampling')}
      >
        <SamplingFields {...below(part, 'sampling', sampling, (next) => change('sampling', orNothing(next)))} />
      </Folded>
    </>
  );
}
