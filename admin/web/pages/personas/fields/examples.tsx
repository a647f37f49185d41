import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { FieldsProps } from './props.ts';
import { say } from './texts.ts';

interface Example {
  user: string;
  reply: string;
}

const MOST = 12;
const LEAST = 1;

/** The exchanges that teach the voice. */
export function Examples({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const examples: Example[] = Array.isArray(fields.examples) ? fields.examples : [];
  const set = (at: number, example: Partial<Example>) =>
    change(
      'examples',
      examples.map((it, index) => (index === at ? { ...it, ...example } : it)),
    );
  const up = (at: number) => {
    const moved = [...examples];
    moved.splice(at - 1, 0, ...moved.splice(at, 1));
    change('examples', moved);
  };
  return (
    <div class="stack">
      <p class="quiet">{text.examplesLead}</p>
      {examples.map((example, at) => (
        <fieldset key={at} class="example" disabled={disabled}>
          <legend class="label">{text.example(at + 1)}</legend>
          <TextArea
            label={text.user}
            rows={1}
            spoken
            value={example.user ?? ''}
            error={mistake(`examples.${at}.user`)}
            onInput={(user) => set(at, { user })}
          />
          <TextArea
            label={text.reply}
            rows={2}
            spoken
            value={example.reply ?? ''}
            error={mistake(`examples.${at}.reply`)}
            onInput={(reply) => set(at, { reply })}
          />
          {!disabled && (
            <div class="example-actions">
              {at > 0 && (
                <button type="button" class="bare turned" aria-label={text.upExample(at + 1)} onClick={() => up(at)}>
                  <Icon name="back" />
                </button>
              )}
              {examples.length > LEAST && (
                <button
                  type="button"
                  class="bare"
                  aria-label={text.removeExample(at + 1)}
                  onClick={() =>
                    change(
                      'examples',
                      examples.filter((_, index) => index !== at),
                    )
                  }
                >
                  <Icon name="close" />
                </button>
              )}
            </div>
          )}
        </fieldset>
      ))}
      {!disabled && examples.length < MOST && (
        <div class="row">
          <Button onClick={() => change('examples', [...examples, { user: '', reply: '' }])}>{text.addExample}</Button>
        </div>
      )}
    </div>
  );
}
