import type { Language, PersonaData } from '../schema.ts';

/** What a persona must have and no card brings, in nobody's particular voice. */
export const defaults: Record<Language, Pick<PersonaData, 'lines' | 'greeting'> & { hello: string }> = {
  en: {
    hello: 'Hello!',
    greeting: 'Hello. I am {{char}}.',
    lines: {
      error: ['Something went wrong. Please ask again in a moment.'],
      busy: ['One moment, others are before you.'],
      empty: ['I have nothing to say to that. Ask me another way?'],
      refused: ['I will not do that. Ask me something else.'],
    },
  },
  zh: {
    hello: '你好！',
    greeting: '你好，我是{{char}}。',
    lines: {
      error: ['出了点岔子，过一会儿再问我吧。'],
      busy: ['稍等，前面还有人。'],
      empty: ['这个我一时答不上来，换个问法试试？'],
      refused: ['这个不行，换一个吧。'],
    },
  },
};
