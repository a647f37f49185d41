import type { SettingName } from '../../../../queue/schema/settings.ts';
import { texts } from '../../texts.ts';

type SettingTexts = Record<SettingName, { label: string; hint: string }>;

/** What each rule is called and what it does. A new setting without texts does not compile. */
export const sayOf = texts({
  en: {
    paused: { label: 'Paused', hint: 'New questions wait until this is switched off.' },
    draining: { label: 'Draining', hint: 'What was asked is answered; nothing new is taken.' },
    maintenance: { label: 'Maintenance text', hint: 'While it is set, this is all that anybody hears.' },
    persona: { label: 'Persona', hint: 'Who answers.' },
    locale: { label: 'Language', hint: 'Of buttons and notices; personas speak their own.' },
    webhookIdentity: {
      label: 'Own name and picture',
      hint: 'Personas speak under their own name where the platform can do that.',
    },
    allowUsers: { label: 'Only these users', hint: 'Empty allows all.' },
    allowRoles: { label: 'Only these roles', hint: 'Somebody is allowed by name or by role.' },
    allowChannels: { label: 'Only these channels', hint: 'Empty allows all.' },
    allowServers: { label: 'Only these servers', hint: 'Empty allows all.' },
    blockUsers: { label: 'Blocked users', hint: 'Never answered, whatever is allowed.' },
    blockRoles: { label: 'Blocked roles', hint: '' },
    blockChannels: { label: 'Blocked channels', hint: '' },
    blockServers: { label: 'Blocked servers', hint: '' },
    keywords: { label: 'Keywords', hint: 'Words it answers to without being mentioned.' },
    answerAll: { label: 'Answers everything in', hint: 'Channels in which every message is answered.' },
    secondQuestion: { label: 'A second question', hint: 'While the first one is still being answered.' },
    bots: { label: 'Other bots', hint: 'Whether they are answered.' },
    botTurns: { label: 'Bot messages in a row', hint: 'Then a person must speak.' },
    botRepliesPerHour: { label: 'Replies to bots per hour', hint: 'Per channel.' },
    userPerMinute: { label: 'Messages per user and minute', hint: '' },
    serverPerMinute: { label: 'Messages per server and minute', hint: '' },
    userTokensPerDay: { label: 'Tokens per user and day', hint: 'UTC days.' },
    serverTokensPerDay: { label: 'Tokens per server and day', hint: 'UTC days.' },
    longestQueue: { label: 'Longest queue', hint: 'Whoever comes when as many wait is refused.' },
    operators: { label: 'Operators', hint: 'May change everything from within a chat.' },
    managerUsers: { label: 'Managers', hint: 'May change the rules of a server.' },
    managerRoles: { label: 'Manager roles', hint: '' },
    retentionDays: { label: 'Days that turns are kept', hint: '0 keeps nothing longer than the reply needs.' },
  } satisfies SettingTexts as SettingTexts,
  zh: {
    paused: { label: '暂停', hint: '新的问题将等待，直到关闭此项。' },
    draining: { label: '排空', hint: '已提出的问题会得到回答，不再接受新的问题。' },
    maintenance: { label: '维护文字', hint: '设置后，所有人只会听到这段文字。' },
    persona: { label: '角色', hint: '由谁回答。' },
    locale: { label: '语言', hint: '按钮和通知的语言；角色使用自己的语言。' },
    webhookIdentity: { label: '使用角色的名称和头像', hint: '在平台支持时，角色以自己的名称发言。' },
    allowUsers: { label: '仅限这些用户', hint: '留空表示允许所有人。' },
    allowRoles: { label: '仅限这些身份组', hint: '按名称或身份组允许。' },
    allowChannels: { label: '仅限这些频道', hint: '留空表示允许所有频道。' },
    allowServers: { label: '仅限这些服务器', hint: '留空表示允许所有服务器。' },
    blockUsers: { label: '屏蔽的用户', hint: '无论允许什么，都不会得到回答。' },
    blockRoles: { label: '屏蔽的身份组', hint: '' },
    blockChannels: { label: '屏蔽的频道', hint: '' },
    blockServers: { label: '屏蔽的服务器', hint: '' },
    keywords: { label: '关键词', hint: '无需提及即可触发回答的词语。' },
    answerAll: { label: '回答所有消息的频道', hint: '这些频道中的每条消息都会得到回答。' },
    secondQuestion: { label: '第二个问题', hint: '当第一个问题仍在回答时。' },
    bots: { label: '其他机器人', hint: '是否回答它们。' },
    botTurns: { label: '机器人连续消息数', hint: '之后必须有人发言。' },
    botRepliesPerHour: { label: '每小时对机器人的回复', hint: '按频道计算。' },
    userPerMinute: { label: '每用户每分钟消息数', hint: '' },
    serverPerMinute: { label: '每服务器每分钟消息数', hint: '' },
    userTokensPerDay: { label: '每用户每日词元', hint: '按 UTC 日计算。' },
    serverTokensPerDay: { label: '每服务器每日词元', hint: '按 UTC 日计算。' },
    longestQueue: { label: '最长队列', hint: '等待数达到此值时，新来者将被拒绝。' },
    operators: { label: '操作员', hint: '可在聊天中更改一切。' },
    managerUsers: { label: '管理者', hint: '可更改服务器的规则。' },
    managerRoles: { label: '管理身份组', hint: '' },
    retentionDays: { label: '消息保留天数', hint: '0 表示仅在回复期间保留。' },
  },
});

/** The values of rules that have few. */
export const sayValue = texts({
  en: { ignore: 'Ignored', allow: 'Answered', queue: 'Waits', interrupt: 'Ends the first' },
  zh: { ignore: '忽略', allow: '回答', queue: '等待', interrupt: '中断第一个' },
});
