import { expect, it } from 'vitest';
import { Answers } from '../../../bots/telegram/answers.ts';
import { openPatientApi } from '../../../bots/telegram/api.ts';
import { Inline } from '../../../bots/telegram/inline.ts';
import { startFakeTelegram } from '../../fakes/telegram/index.ts';
import { until } from '../../queue/fixtures/messages.ts';

it('one person has one question on its way, however fast they ask, and an answer that comes late is kept', async () => {
  const telegram = await startFakeTelegram();
  const api = openPatientApi({ token: telegram.token, apiRoot: telegram.url });
  const warnings: object[] = [];
  const answers = new Answers(api, { info: () => {}, warn: (fields) => void warnings.push(fields) });
  const asked: string[] = [];
  const give: ((answer: string) => void)[] = [];
  const inline = new Inline({
    api,
    answers,
    pauseMs: 0,
    patienceMs: 50,
    quick: (question) => {
      asked.push(question);
      return new Promise((resolve) => give.push(resolve));
    },
  });
  const from = { id: 7, is_bot: false, first_name: 'Ada' };
  const handle = (id: string, query: string) => inline.handle({ id, from, query, offset: '' });
  await handle('1', 'the first');
  await handle('2', 'the second');
  expect(asked).toEqual(['the first']);
  give[0]?.('one');
  await until(() => asked.length === 2);
  await handle('3', 'the first ');
  expect(asked).toEqual(['the first', 'the second']);
  await answers.settled();
  // The fake knows none of these queries; what matters is what was offered.
  const offered = telegram.requestsOf('answerInlineQuery').map(({ body }) => body);
  expect(offered).toHaveLength(3);
  expect(offered).toContainEqual(expect.objectContaining({ inline_query_id: '1', results: [], cache_time: 0 }));
  const answer = { title: 'the first', description: 'one' };
  expect(offered.find(({ inline_query_id: id }) => id === '3')).toMatchObject({ results: [answer] });
  expect(warnings).toHaveLength(3);
  await telegram.close();
});
