import type { ErrorCode } from '../../../errors.ts';

/** What the server refuses, in Chinese: it speaks English itself. What is not here depends on values, and is shown as it comes. */
export const refusals: Readonly<Partial<Record<ErrorCode, string>>> = {
  WISECRACK_ADMIN_LOGIN_FAILED: '用户名、密码或验证码不正确。请重试；所有者可以移除账户后重新邀请。',
  WISECRACK_ADMIN_CODE_NEEDED: '还需要验证码：请输入验证器应用显示的六位数字。',
  WISECRACK_ADMIN_TOO_OFTEN: '尝试次数过多，请稍后再试。',
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
  WISECRACK_PERSONA_EXISTS: '已有同 ID 或同名的角色，请换一个。',
};
