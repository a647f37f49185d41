import { texts } from '../texts.ts';

export const say = texts({
  en: {
    unreachable: 'Wisecrack does not answer. Is it still running?',
    unexpected: (status: string) => `Wisecrack answered with an error (${status}).`,
  },
  zh: {
    unreachable: 'Wisecrack 没有响应。它还在运行吗？',
    unexpected: (status) => `Wisecrack 返回了错误（${status}）。`,
  },
});
