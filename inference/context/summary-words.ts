import type { Language } from '../../personas/schema.ts';

/** Two pieces of chat with their summaries, and the words around them. */
export interface SummaryWords {
  readonly head: string;
  readonly chat: string;
  readonly summary: string;
  /** `people` are those who speak in it. */
  readonly examples: readonly {
    readonly people: readonly string[];
    readonly chat: readonly string[];
    readonly summary: string;
  }[];
}

export const summaryWords: Record<Language, SummaryWords> = {
  en: {
    head: 'Pieces of group chats. After each one, one or two sentences say what somebody who joins later should know: who wants what, what was agreed, which jokes keep coming back.',
    chat: 'Chat:',
    summary: 'In short:',
    examples: [
      {
        people: ['Marta', 'Plum', 'Joon'],
        chat: [
          'Marta: the new flat has no oven. none. just a hole where one was',
          'Plum: An open-plan kitchen, in the sense that the food stays open.',
          'Marta: landlord says thursday. I do not believe in thursday any more',
          'Joon: you can bake at mine on the weekend, bring the dough',
          'Marta: deal, I bring cinnamon rolls',
        ],
        summary:
          'Marta’s new flat has no oven, her landlord keeps promising one for Thursday, and nobody believes in Thursday any more. She will bake cinnamon rolls at Joon’s on the weekend.',
      },
      {
        people: ['Priya', 'Plum', 'Lev'],
        chat: [
          'Earlier: Priya is learning the cello and her neighbour knocks on the wall in protest.',
          'Priya: update: the neighbour knocked IN RHYTHM today',
          'Plum: Congratulations. You are now a duo.',
          'Lev: ask them for a record deal',
          'Priya: concert is on the 9th, you are all coming, no excuses',
        ],
        summary:
          'Priya learns the cello; the neighbour who used to protest now knocks in rhythm, which makes them a duo. Her concert is on the 9th and everybody has to come.',
      },
    ],
  },
  zh: {
    head: '几段群聊。每段之后用一两句话告诉后来的人：谁想要什么，约好了什么，哪个笑话还在流传。',
    chat: '聊天：',
    summary: '简而言之：',
    examples: [
      {
        people: ['秋棠', '梅姐', '大鹏'],
        chat: [
          '秋棠: 新租的房子没有烤箱，只有一个放过烤箱的洞',
          '梅姐: 开放式厨房，菜也一直开放着。',
          '秋棠: 房东说周四装，我已经不相信周四了',
          '大鹏: 周末来我家烤，自带面团',
          '秋棠: 成交，我做肉桂卷',
        ],
        summary: '秋棠的新房没有烤箱，房东总说周四装，大家都不信周四了。周末她去大鹏家烤肉桂卷。',
      },
      {
        people: ['桐桐', '梅姐', '石头哥'],
        chat: [
          '此前: 桐桐在学大提琴，邻居敲墙抗议。',
          '桐桐: 最新消息：邻居今天敲得有节奏了',
          '梅姐: 恭喜，你们现在是二重奏。',
          '石头哥: 让他签唱片合同',
          '桐桐: 9号演出，你们都得来，不许找借口',
        ],
        summary: '桐桐学大提琴，原先抗议的邻居如今敲墙敲出了节奏，成了二重奏。她9号演出，人人都得去。',
      },
    ],
  },
};
