import type { mistakes, Relation, YamlProblem } from '../../../personas/mistakes.ts';
import type { Problem } from '../../api/index.ts';
import { type Chinese, type FromServer, inPageLanguage } from '../said.ts';
import { locale } from '../texts.ts';
import { pair } from '../ui/format.ts';

/** What is wrong with a persona, or in a request, in Chinese. It stands alone beside its field, elsewhere behind the field's name. */
const chinese: Chinese<typeof mistakes> = {
  missing: () => '必须填写',
  nothing: () => '不能为空',
  blank: () => '不能为空',
  notText: ({ quotable }) => (quotable ? '必须是文本，请加上引号' : '必须是文本'),
  notNumber: () => '必须是数字',
  notWhole: () => '必须是整数',
  notSwitch: () => '必须是 true 或 false',
  notList: () => '必须是列表',
  notGroup: () => '必须是一组设置',
  notAllowed: ({ allowed }) => `只能是${either(allowed)}`,
  length: ({ relation, limit }) => `${many[relation]} ${limit} 个字符`,
  entries: ({ relation, limit }) => `${many[relation]} ${limit} 项`,
  range: ({ relation, limit }) => `${sized[relation]} ${limit}`,
  unknownKey: ({ known }) => `无法识别；此处可以使用 ${known.join('、')}`,
  misspeltKey: ({ meant }) => `无法识别；是否应为“${meant}”？`,
  form: () => '格式不正确',
  unfit: () => '不符合要求',

  lineBreak: () => '不能换行',
  unfitPicture: () => '必须是 https 地址，或与角色文件同目录的 png、jpg、webp、gif 图片的文件名',
  unfitName: ({ name, meant }) => {
    if (name === '') return '不能为空';
    const hint = meant === undefined ? '' : `；可以改用“${meant}”`;
    return `不能用“${name}”：只能包含文字、数字、空格、_ 和 -，最多 24 个字符${hint}`;
  },
  reservedName: ({ name }) => `不能用“${name}”：它在提示词中另有含义`,
  takenName: ({ by }) => `已被角色 ${by} 使用`,
  moodName: () => '情绪名称只能包含文字、数字、_ 和 -，最多 24 个字符',
  moods: ({ most }) => `最多 ${most} 种情绪`,
  neverCalled: () => '至少需要 1 个关键词，“始终存在”的条目除外',
  wordless: () => '至少要有一个文字或数字',
  nowhere: () => '平台和语言至少选择一项',

  fileName: () => '文件名只能包含小写字母、数字、_ 和 -，最多 32 个字符，例如 my-bot.yaml',
  repeatedKey: () => '此项重复出现',
  yaml: ({ problem }) => `YAML 格式错误：${yaml[problem]}`,
  noSettings: () => '文件内容应为 name: Guide 这样的设置，各项含义见 personas/README.md',
  sameFile: ({ file }) => `与 ${file} 是同一个角色，只是扩展名不同`,
  sameName: ({ name, file }) => `名称“${name}”已被 ${file} 使用`,
  unreadable: ({ reason }) => `无法读取：${reason}`,
  noFolder: () => '文件夹不存在',
};

const many: Readonly<Record<Relation, string>> = {
  least: '至少需要',
  above: '必须多于',
  most: '最多',
  below: '必须少于',
};
const sized: Readonly<Record<Relation, string>> = {
  least: '不能小于',
  above: '必须大于',
  most: '不能大于',
  below: '必须小于',
};

/** What the parser finds wrong. */
const yaml: Readonly<Record<YamlProblem, string>> = {
  ALIASES: '别名无法展开',
  ALIAS_PROPS: '别名不能带锚点或标签',
  BAD_ALIAS: '别名没有对应的锚点',
  BAD_COLLECTION_TYPE: '标签与内容的类型不符',
  BAD_DIRECTIVE: '指令无效',
  BAD_DQ_ESCAPE: '双引号内的转义无效',
  BAD_INDENT: '缩进不正确',
  BAD_PROP_ORDER: '锚点和标签的位置不正确',
  BAD_SCALAR_START: '文本不能以此符号开头，请加上引号',
  BLOCK_AS_IMPLICIT_KEY: '同一行只能有一组键和值；文本中有冒号时，请加上引号',
  BLOCK_IN_FLOW: '括号内不能换用缩进写法',
  IMPOSSIBLE: '无法解析',
  KEY_OVER_1024_CHARS: '键超过 1024 个字符',
  MISSING_CHAR: '缺少引号、括号、冒号、逗号或空格',
  MULTILINE_IMPLICIT_KEY: '键不能跨行；可能缺少冒号或引号',
  MULTIPLE_ANCHORS: '锚点重复',
  MULTIPLE_DOCS: '一个文件只能包含一份内容',
  MULTIPLE_TAGS: '标签重复',
  NON_STRING_KEY: '键必须是文本',
  RESOURCE_EXHAUSTION: '嵌套过深',
  TAB_AS_INDENT: '不能用制表符缩进',
  TAG_RESOLVE_FAILED: '标签无法识别',
  UNEXPECTED_TOKEN: '此处的内容多余或放错了位置',
};

/** `“a”、“b”或“c”` */
const either = (choices: readonly string[]): string =>
  new Intl.ListFormat('zh', { type: 'disjunction' }).format(choices.map((it) => `“${it}”`));

/** A mistake alone; English names the field all the same. */
export const complaintText = inPageLanguage(chinese);

/** A mistake and the way to the field that it is about. */
export type Mistaken = FromServer & { readonly path: readonly (string | number)[] };

/** A mistake, with the field that it is about. */
export const mistakeText = (mistake: Mistaken): string => placed(mistake, 0);

/** The first mistake at a field or within it, or at that very place only, to stand beside it; `examples.2.reply` is a path. */
export function mistakeAt(problems: readonly Problem[], path: string, here = false): string | undefined {
  const found = problems.find((it) => {
    const at = it.path.join('.');
    return at === path || (!here && at.startsWith(`${path}.`));
  });
  return found && placed(found, path.split('.').length);
}

/** English names the whole field by itself; Chinese is told what of it is not in sight. @param known - steps of its path that are. */
function placed(mistake: Mistaken, known: number): string {
  if (locale.value !== 'zh') return complaintText(mistake);
  const steps = mistake.path.slice(known).map((step) => (typeof step === 'number' ? `第 ${step + 1} 项` : step));
  return steps.length > 0 ? pair(steps.join(' › '), complaintText(mistake)) : complaintText(mistake);
}
