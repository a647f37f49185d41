import type { ErrorCode } from '../../../errors.ts';
import type { Reason } from '../../../queue/schema/reason.ts';
import { locale } from '../texts.ts';
import { type Chinese, type Filled, filled, refusals } from './refusals.ts';

/** Why a reply may fail beyond what the server refuses, in Chinese. */
const failures: { readonly [Code in ErrorCode]?: Chinese<Code> } = {
  WISECRACK_ADDON_MISSING: '原生引擎尚未构建，请运行 npm run build。',
  WISECRACK_MODEL_NOT_FOUND: ({ folder }) => `${folder} 中没有模型，请检查 WISECRACK_MODEL。`,
  WISECRACK_MODEL_INVALID: ({ folder }) =>
    `${folder} 中的模型无法使用，请重新下载或转换；wisecrack doctor 可以检查它。`,
  WISECRACK_TOKENIZER_INVALID: ({ file }) => `分词器 ${file} 无法使用，它必须与模型配套。`,
  WISECRACK_OUT_OF_MEMORY: ({ reason }) =>
    `内存不足（${reason}）。请减小 WISECRACK_SEQUENCES 或 WISECRACK_CONTEXT，设置 WISECRACK_KV_MIB，或换用内存更大的机器。`,
  WISECRACK_DEVICE_MISSING: ({ device, reason }) =>
    `引擎无法在 ${device} 上计算（${reason}）。可设置 WISECRACK_DEVICE=cpu。`,
  WISECRACK_REQUEST_INVALID: ({ reason }) => `引擎无法处理此请求（${reason}）。请缩短消息，或减小角色的回复长度。`,
  WISECRACK_REMOTE_DENIED: ({ url }) => `推理服务器 ${url} 不接受密钥，请更正 WISECRACK_REMOTE_KEYS。`,
  WISECRACK_REMOTE_INVALID: ({ url, reason }) =>
    `推理服务器 ${url} 无法使用（${reason}）。它必须提供 /v1/completions；wisecrack doctor 可以检查它。`,
  WISECRACK_TURN_GONE: '要回答的消息已不在对话中：对话在此期间被重置或删除。',
};

const known: Readonly<Record<string, Filled>> = {
  ...refusals,
  ...failures,
  // Not in the catalogue: the workers that took the job died.
  StalledTooOften: '处理此消息的工作进程多次中途退出，因此不再重试。',
};

/** Why a reply failed, in the language of the page; in English where that is all there is. */
export function failureText({ code, message, values }: Reason): string {
  const chinese = locale.value === 'zh' ? known[code] : undefined;
  // What an older worker left has no values.
  if (chinese === undefined || (typeof chinese !== 'string' && !values)) return message;
  return filled(chinese, values);
}
