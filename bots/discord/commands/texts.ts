/** What Discord shows of the commands: English, simplified and traditional Chinese. */
export const said = {
  answerThis: ['Answer this', '回答这条', '回答這則'],
  ask: ['Ask something', '问点什么', '問點什麼'],
  askText: ['What you want to say', '想说的话', '想說的話'],
  askPersona: ['Who shall answer', '让谁来回答', '讓誰來回答'],
  persona: ['See or change who is talking', '看看或换一位来聊', '看看或換一位來聊'],
  personaName: ['Who shall talk from now on', '以后由谁来聊', '以後由誰來聊'],
  personaScope: ['For whom it counts', '对谁有效', '對誰有效'],
  me: ['me', '我', '我'],
  channel: ['this channel', '这个频道', '這個頻道'],
  server: ['the whole server', '整个服务器', '整個伺服器'],
  mood: ['See or change the mood', '看看或换种心情', '看看或換種心情'],
  moodName: ['One of the moods; without it, which there are', '心情的名字；不写则列出', '心情的名字；不寫則列出'],
  catchup: ['What was said while you were away', '补上你错过的', '補上你錯過的'],
  since: [
    'How many messages (50), how far back (30m, 2h, 1d), or since when (14:30 UTC)',
    '多少条（50）、多久以来（30m、2h、1d），或从几点起（14:30 UTC）',
    '多少則（50）、多久以來（30m、2h、1d），或從幾點起（14:30 UTC）',
  ],
  news: ['The headlines, with a remark on each', '新闻标题，每条配一句点评', '新聞標題，每則配一句點評'],
  topic: ['What they are to be about', '关于什么', '關於什麼'],
  reset: ['Forget this conversation', '忘掉这段对话', '忘掉這段對話'],
  stop: ['Stop the reply', '停止回复', '停止回覆'],
  retry: ['Answer the last question once more', '把上一个问题再答一遍', '把上一個問題再答一遍'],
  continue: ['Go on with the last reply', '接着上一条说下去', '接著上一則說下去'],
  privacy: ['What is stored about you', '存了你的哪些东西', '存了你的哪些東西'],
  privacyAction: ['What to do', '要做什么', '要做什麼'],
  show: ['show it', '看一看', '看一看'],
  erase: ['erase it', '删掉', '刪掉'],
  help: ['What there is', '都有什么', '都有什麼'],
  status: ['How it goes: queue and speed', '状态：队伍和速度', '狀態：隊伍和速度'],
  settings: ['How the bot behaves here', '机器人在这里的规矩', '機器人在這裡的規矩'],
  settingsShow: ['What is set', '现在的设置', '現在的設定'],
  settingsPersona: ['Who answers when nobody was chosen', '没选时由谁回答', '沒選時由誰回答'],
  secondQuestion: [
    'What a question does while another is answered',
    '正在回答时又来一问怎么办',
    '正在回答時又來一問怎麼辦',
  ],
  mode: ['What it does', '怎么办', '怎麼辦'],
  queue: ['wait', '等着', '等著'],
  interrupt: ['interrupt', '打断', '打斷'],
  keywords: ['Words that call the bot', '叫出机器人的词', '叫出機器人的詞'],
  words: ['Separated by commas; empty for none', '用逗号隔开；留空则没有', '用逗號隔開；留空則沒有'],
  answerAll: ['Whether every message is answered', '是否每条都回答', '是否每則都回答'],
  bots: ['Whether other bots are answered', '是否回答别的机器人', '是否回答別的機器人'],
  on: ['Yes or no', '是或否', '是或否'],
  retention: ['After how many days messages are deleted', '消息几天后删除', '訊息幾天後刪除'],
  days: ['Days; 0: only until the answer is there', '天数；0 表示回答完就删', '天數；0 表示回答完就刪'],
  webhookIdentity: [
    'Whether personas speak under their own names',
    '角色是否用自己的名字说话',
    '角色是否用自己的名字說話',
  ],
  block: ['Who or what is not answered', '不回答谁', '不回答誰'],
  allow: ['Who or what is answered; all others are not', '只回答谁', '只回答誰'],
  listen: [
    'Whether what is not meant for the bot is kept, so that it knows the talk',
    '是否保存不是对机器人说的话，好让它知道在聊什么',
    '是否保存不是對機器人說的話，好讓它知道在聊什麼',
  ],
  nsfw: ['Whether personas for adults may speak', '成人角色是否可以说话', '成人角色是否可以說話'],
  blockedInput: ['Words whose questions are refused', '含有这些词的问题不回答', '含有這些詞的問題不回答'],
  blockedOutput: ['Words that no reply may hold', '回答里不许出现的词', '回答裡不許出現的詞'],
  user: ['A person', '一个人', '一個人'],
  role: ['A role', '一个身份组', '一個身分組'],
  inChannel: ['A channel', '一个频道', '一個頻道'],
  remove: ['Take it off the list again', '从名单上去掉', '從名單上去掉'],
  where: ['Where it counts', '在哪里有效', '在哪裡有效'],
} as const satisfies Record<string, readonly [en: string, cn: string, tw: string]>;

export type SaidName = keyof typeof said;

/** Translations in Discord's form. */
export function translations(name: SaidName): { 'zh-CN': string; 'zh-TW': string } {
  const [, cn, tw] = said[name];
  return { 'zh-CN': cn, 'zh-TW': tw };
}
