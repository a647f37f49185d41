import type { ErrorCode, ErrorValueName } from '../../../errors.ts';
import type { Failure } from '../../api/index.ts';
import type { Refusal } from '../../api/refusals.ts';
import type { FromServer } from '../said.ts';
import { locale } from '../texts.ts';
import { reasonText } from './cards.ts';
import { complaintText, type Mistaken, mistakeText } from './mistakes.ts';
import { shortageText } from './shortages.ts';

/** A text, or what makes one of what the error's English is made of. */
export type Chinese<Code extends ErrorCode> =
  | string
  | ((values: Readonly<Record<ErrorValueName<Code>, unknown>>) => string);

/** What the server refuses, in Chinese: it speaks English itself. One that is not here does not compile. */
export const refusals: { readonly [Code in Refusal]: Chinese<Code> } = {
  WISECRACK_ADMIN_REQUEST_INVALID: ({ reason }) => {
    const { list } = reason as { list?: Mistaken[] };
    return `${list ? wrongIn(list) : '填写的内容不符合要求'}，请修改后重试。`;
  },
  WISECRACK_ADMIN_LOGIN_FAILED: '用户名、密码或验证码不正确。请重试；所有者可以移除账户后重新邀请。',
  WISECRACK_ADMIN_CODE_NEEDED: '还需要验证码：请输入验证器应用显示的六位数字。',
  WISECRACK_ADMIN_TOO_OFTEN: ({ seconds }) => `尝试次数过多，请 ${seconds} 秒后再试。`,
  WISECRACK_ADMIN_LINK_INVALID:
    '链接已使用、已过期或不完整。请使用最新的链接：创建所有者的链接在每次启动时显示于终端，邀请由所有者发出。',
  WISECRACK_CHAT_LINK_INVALID: '邀请已使用、已过期或不完整。请向发出邀请的人要一个新的。',
  WISECRACK_ADMIN_NAME_TAKEN: '该用户名已有人使用，请换一个。',
  WISECRACK_ADMIN_LAST_OWNER: '这是唯一的所有者。请先将其他人设为所有者。',
  WISECRACK_ADMIN_NO_SESSION: '您尚未登录，请先登录。',
  WISECRACK_CHAT_NO_SESSION: '你还没有进入聊天。请打开邀请链接，或登录控制台。',
  WISECRACK_ADMIN_FORBIDDEN: '您的权限不足，请联系所有者。',
  WISECRACK_ADMIN_FOREIGN_ORIGIN:
    '请求来自其他网站。请使用控制台自己的页面；经由代理访问时，请设置 WISECRACK_ADMIN_URL。',
  WISECRACK_ADMIN_TOO_LARGE: '内容过大，请减少一次发送的量。',
  WISECRACK_ADMIN_NOT_FOUND: '找不到该内容，可能已被删除。请回到列表查看。',
  WISECRACK_ADMIN_OVERTAKEN: '内容已被其他人更改。请先查看最新内容，再作决定。',
  WISECRACK_ADMIN_FAILED: '控制台出错，详情见日志。',
  WISECRACK_RULE_INVALID: ({ name }) => `规则 ${name} 的值不符合要求，请检查后重试。`,
  WISECRACK_PERSONA_EXISTS: '已有同 ID 或同名的角色，请换一个。',
  WISECRACK_PERSONA_NOT_FOUND: ({ name, known }) => `没有角色 ${name}。现有角色：${known}。`,
  WISECRACK_PERSONA_INVALID: ({ problems }) => {
    const { list } = problems as { list?: Mistaken[] };
    return `角色有错误，请先修正：${list ? list.map(mistakeText).join('；') : problems}。`;
  },
  WISECRACK_CARD_INVALID: ({ reason }) => `无法导入此角色卡：${reasonText(reason as FromServer)}。`,
  WISECRACK_WINDOW_TOO_SMALL: ({ reason }) =>
    `上下文窗口太小：${shortageText(reason as FromServer)}。请增大 WISECRACK_CONTEXT，或精简前置说明和人物设定。`,
  WISECRACK_ENGINE_FAILED: '引擎出错，详情见日志。',
  WISECRACK_ENGINE_CLOSED: '引擎已关闭。',
  WISECRACK_REMOTE_UNREACHABLE: '无法连接推理服务器。请启动它，或更正 WISECRACK_REMOTE_URLS。',
  WISECRACK_REMOTE_BUSY: ({ url }) => `推理服务器 ${url} 正忙，请稍后再试。`,
  WISECRACK_REMOTE_FAILED: ({ url }) => `推理服务器 ${url} 出错，详情见它的日志。`,
  WISECRACK_REDIS_UNREACHABLE: ({ url }) => `Redis（${url}）没有响应，请确认它正在运行。`,
  WISECRACK_FEED_FAILED: ({ feed }) => `无法读取 ${feed} 的订阅源，稍后会自动重试。`,
  WISECRACK_DISCORD_UNREACHABLE: '无法连接 Discord，稍后会自动重试。',
  WISECRACK_TELEGRAM_UNREACHABLE: '无法连接 Telegram，稍后会自动重试。',
};

/** What people type, by its name in a request. */
const fields: Readonly<Record<string, string>> = {
  name: '名称',
  password: '密码',
  code: '验证码',
  note: '备注',
  uses: '人数',
  days: '天数',
  text: '内容',
  temperature: '温度',
  maxTokens: '最长回复',
  seed: '种子',
};

/** What is wrong in a request, the last word on each field. */
function wrongIn(list: readonly Mistaken[]): string {
  const byField = new Map(list.map((it) => [it.path.findLast((step) => typeof step === 'string'), complaintText(it)]));
  return [...byField]
    .map(([field, what]) => (field === undefined ? what : `“${fields[field] ?? field}”${what}`))
    .join('；');
}

/** A text with its values. */
export const filled = (text: Filled, values: unknown) => (typeof text === 'string' ? text : text(values as never));
export type Filled = string | ((values: never) => string);

/** What was refused, and what to do about it, in the language of the page. */
export function refusalText({ code, message, mend, values }: Failure): string {
  const chinese = locale.value === 'zh' ? refusals[code as Refusal] : undefined;
  if (chinese !== undefined) return filled(chinese, values);
  return mend ? `${message.replace(/[.\s]*$/, '')}. ${mend}` : message;
}
