import { TextArea } from '../../../ui/field.tsx';
import { itemsIn, textIn, withField } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { Repeated } from './repeated.tsx';
import { say } from './texts.ts';

interface Props extends FieldsProps {
  words: Parameters<typeof Repeated>[0]['words'];
  least?: number;
  most: number;
}

/** The exchanges in `examples`: what somebody says, and what it replies. */
export function Exchanges({ fields, change, mistake, disabled, words, least = 0, most }: Props) {
  const text = say();
  return (
    <Repeated
      items={itemsIn(fields, 'examples')}
      onItems={(examples) => change('examples', examples)}
      fresh={{ user: '', reply: '' }}
      error={mistake('examples', 'here')}
      {...{ words, least, most, disabled }}
    >
      {(example, at, set) => (
        <>
          <TextArea
            label={text.user}
            rows={1}
            spoken
            value={textIn(example, 'user')}
            error={mistake(`examples.${at}.user`)}
            onInput={(user) => set(withField(example, 'user', user))}
          />
          <TextArea
            label={text.reply}
            rows={2}
            spoken
            value={textIn(example, 'reply')}
            error={mistake(`examples.${at}.reply`)}
            onInput={(reply) => set(withField(example, 'reply', reply))}
          />
        </>
      )}
    </Repeated>
  );
}
