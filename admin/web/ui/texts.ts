import { texts } from '../texts.ts';

export const say = texts({
  en: {
    close: 'Close',
    cancel: 'Cancel',
    loading: 'Loading',
    retry: 'Try again',
    failed: 'This could not be loaded',
    optional: ' (optional)',
    pair: (name: string, value: string) => `${name}: ${value}`,
    list: (items: readonly string[]) => items.join(', '),
    copy: 'Copy',
    copied: 'Copied',
    remove: (what: string) => `Remove ${what}`,
    now: 'just now',
    close_toast: 'Dismiss this message',
  },
  zh: {
    close: '关闭',
    cancel: '取消',
    loading: '正在加载',
    retry: '重试',
    failed: '无法加载',
    optional: '（可选）',
    pair: (name, value) => `${name}：${value}`,
    list: (items) => items.join('，'),
    copy: '复制',
    copied: '已复制',
    remove: (what) => `移除 ${what}`,
    now: '刚刚',
    close_toast: '关闭此消息',
  },
});
