import type { notes, Part } from '../../../personas/card/notes.ts';
import type { reasons } from '../../../personas/card/reasons.ts';
import { type Chinese, inPageLanguage } from '../said.ts';
import { bytes } from '../ui/format.ts';
import { mistakeText } from './mistakes.ts';

const parts: Readonly<Record<Part, string>> = {
  profile: '人物设定',
  greeting: '问候语',
  otherGreeting: '有一条其他问候语',
  example: '有一条示例',
};

const told: Chinese<typeof notes> = {
  shortened: ({ part, taken, whole }) => `${parts[part]}过长：共 ${whole} 个字符，只取前 ${taken} 个`,
  renamed: ({ from, to }) => `名称由“${from}”改为“${to}”`,
  moreExamples: ({ left, most }) => `示例最多 ${most} 个，略去了 ${left} 个`,
  orders: () => '略去了 system_prompt 和 post_history_instructions：它们是指令，基础模型不会听从',
  loreLeft: ({ left, of }) => `知识库共 ${of} 个条目，略去了已停用、内容为空或靠正则触发的 ${left} 个`,
  macros: ({ macros }) => `以下宏在这里不起作用，按原样保留：${macros.join('、')}`,
  noProfile: () => '角色卡没有描述，请补上人物设定',
  noExamples: () => '角色卡没有示例，请补上几个：口吻主要由它们决定',
  filesLeft: ({ left, of }) => `压缩包中共 ${of} 个文件，有 ${left} 个未保留`,
  tooLargeToCarry: ({ file }) => `${file} 过大，不会同步到其他机器`,
};

const refused: Chinese<typeof reasons> = {
  fileSize: ({ bytes: size, most }) => `文件大小为 ${bytes(size)}，最大 ${bytes(most)}`,
  textSize: ({ bytes: size, most }) => `文本大小为 ${bytes(size)}，最大 ${bytes(most)}`,
  textLength: ({ length, most }) => `文本有 ${length} 个字符，最多 ${most} 个`,
  packedText: ({ most }) => `文本超过 ${bytes(most)}`,
  notUtf8: () => '文本不是 UTF-8 编码',
  brokenJson: () => 'JSON 格式错误',
  depth: ({ most }) => `JSON 嵌套超过 ${most} 层`,
  keyTwice: ({ key }) => `JSON 中“${key}”重复出现`,
  version1: () => '这是 V1 角色卡，请用原来的软件另存为 V2 或 V3',
  unlikeSpec: ({ field }) => (field === '' ? '内容不符合角色卡规范' : `“${field}”不符合角色卡规范`),
  loreEntries: ({ count, most }) => `知识库有 ${count} 个条目，最多 ${most} 个`,
  persona: ({ problems }) => problems.map(mistakeText).join('；'),

  pngEnd: () => 'PNG 不完整',
  pngHeader: () => 'PNG 的文件头不正确',
  pngChunks: ({ most }) => `PNG 的数据块超过 ${most} 个`,
  chunkType: () => 'PNG 中有类型不正确的数据块',
  chunkLength: () => 'PNG 中有长度超出文件的数据块',
  checkSum: ({ type }) => `PNG 的 ${type} 数据块校验失败`,
  keyword: () => 'PNG 中有关键字不正确的文本块',
  twoCards: ({ keyword }) => `PNG 中有两张“${keyword}”角色卡`,
  noCard: () => 'PNG 中没有角色卡（没有“ccv3”或“chara”文本）',
  notBase64: () => 'PNG 中的文本不是 base64 编码',
  pictureSize: ({ width, height, most }) => `图片尺寸为 ${width} × ${height}，最大 ${most} × ${most}`,

  brokenArchive: () => '压缩包已损坏',
  noCardJson: () => '压缩包中没有 card.json',
  archiveEntries: ({ most }) => `压缩包中的文件超过 ${most} 个`,
  archiveTwice: ({ file }) => `压缩包中 ${file} 重复出现`,
  archiveCut: ({ file }) => `压缩包中的 ${file} 不完整`,
  unpacked: ({ file, most }) => `${file} 解压后超过 ${bytes(most)}`,
  outside: ({ path }) => `压缩包中有指向外部的路径：${path}`,
};

/** What was changed or left out of a card. */
export const noteText = inPageLanguage(told);

/** Why a file is not taken as a card. */
export const reasonText = inPageLanguage(refused);
