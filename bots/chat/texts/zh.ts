import type { en } from './en.ts';

/** Chinese has no plural: both forms say the same. */
const remembered = '还记得 {{count}} 条消息；/reset 可以忘掉。';
const askLast = '最近 {{count}} 条消息里说了什么？';
const erased = '已删除：{{count}} 条消息（你的和对它们的回复），以及有关你的其他一切。';

/** Our own texts in Chinese. */
export const zh: Record<keyof typeof en, string> = {
  help: [
    '/persona 名字  换一位来聊',
    '/personas      都有谁',
    '/mood 名字     换种心情；不写名字则列出有哪些',
    '/catchup 2h    说了些什么：50（条）、30m、2h、1d、14:30',
    '/news 话题     新闻标题',
    '/reset         忘掉这段对话',
    '/stop          停止回复',
    '/help          这份清单',
  ].join('\n'),
  personaNow: '正在和你聊的是{{name}}。/personas 列出其他人。',
  personaChanged: '从现在起，和你聊的是{{name}}。',
  personaChangedIn: '从现在起，由{{name}}在这里回答：{{scope}}。',
  noPersona: '没有叫“{{name}}”的角色。现有：{{known}}。',
  moodNow: '{{name}}在这里的心情：{{mood}}。可选：{{known}}。',
  moodUsual: '平常',
  moodChanged: '从现在起，{{name}}的心情是{{mood}}。',
  noMood: '{{name}}没有叫“{{mood}}”的心情。可选：{{known}}。',
  noMoods: '{{name}}的心情从来不变。',
  catchupAsk: '我错过了什么？',
  catchupAskLast_one: askLast,
  catchupAskLast_other: askLast,
  catchupAskSince: '从 {{time}} 到现在，我错过了什么？',
  newsAsk: '今天有什么新闻？',
  newsAskAbout: '关于{{topic}}有什么新闻？',
  catchupUnclear: '我看不懂“{{given}}”。请写多少条消息（50）、多久以来（30m、2h、1d），或从几点起（14:30，UTC）。',
  nothingMissed: '你上次说话之后没人说过什么。写个数字可以讲最近的消息：/catchup 50。',
  nothingSaid: '据我所知，没人说过什么。',
  noNews: '没有新闻：这里没有设置新闻源，或者好几天没有消息了。',
  forgotten: '忘了。咱们素不相识。',
  stopped: '停了。',
  nothingToStop: '没有什么可停的。',
  nothingToRepeat: '这里还没有可以重来的回答。',
  unknownCommand: '没有 /{{word}} 这个命令。/help 列出所有命令。',
  unknownCommandMeant: '没有 /{{word}} 这个命令。是不是 /{{meant}}？',
  inQueue: '排队中，第 {{place}} 位',
  remembered_one: remembered,
  remembered_other: remembered,
  keys: '/help 列出命令。Ctrl-C 停止回复，Ctrl-D 离开。',
  seconds: '{{seconds}} 秒',
  secondsAndSpeed: '{{seconds}} 秒，每秒 {{speed}} 个词元',
  notConnected: '没有成功',
  waiting: '排队中，第 {{place}} 位。',
  waitingFor: '排队中，第 {{place}} 位，大约 {{seconds}} 秒。',
  attachmentOnly: '我只认字。图里是什么？',
  nothingAsked: '在呢。想问什么，跟在我名字后面说。',
  tooLong: '这有 {{length}} 个字符。我最多读 {{most}} 个。',
  thisChannel: '这个频道',
  thisServer: '整个服务器',
  botHelp:
    '提到我、回复我，或者私下写给我，{{name}}就会回答。\n' +
    '/ask 提问，/persona 换谁来答，/mood 换种心情，/catchup 补上错过的，/news 新闻，/retry 重答，/continue 接着说，/stop 停下，/reset 忘掉对话，/privacy 存了你的什么，/status 忙不忙。' +
    '改了问题会重新回答，删了问题回答也一起删。',
  tooFast: '慢一点：{{seconds}} 秒后我再回答你。',
  serverTooFast: '这个服务器问得太快了，{{seconds}} 秒后再试。',
  quotaUsed: '你今天的字数用完了，UTC 零点会有新的。',
  serverQuotaUsed: '这个服务器今天的字数用完了，UTC 零点会有新的。',
  queueFull: '前面排了太多人，{{seconds}} 秒后再试。',
  closed: '正在维护，暂时不接新问题，请晚点再来。',
  notHere: '我不能在这里回答。',
  notYou: '我不能在这里回答你。',
  adultsOnly: '{{name}}只在打开了 /settings nsfw、而且是成人频道的地方说话。',
  mayNotChange: '只有管理这个服务器的人才能改。',
  notYours: '只有提问的人才能按。',
  thanks: '记下了，谢谢。',
  settingChanged: '{{setting}} 现在是 {{value}}。',
  settingInvalid: '{{setting}} 不能是这个值：{{reason}}',
  settingsNow: '这里的设置：\n{{list}}',
  cannotListen: '“listen”已打开，但照现在的设置，这个平台也许只把对我说的话告诉我。怎么改，`wisecrack doctor` 会说。',
  erased_one: erased,
  erased_other: erased,
  privacy:
    '我保存的：对我说的话和我的回答（按对话，{{days}} 天）；你选的角色；限额的计数；你的点赞。现在有你的 {{turns}} 条消息，' +
    '在 {{conversations}} 个对话里。什么都不会离开这个机器人自己的机器，也不会用来训练模型。“/privacy erase”会全部删除。',
  privacyListening:
    '在这里，没有对我说的话我也会保存（同样的天数），这样才知道大家在聊什么。这是管理这里的人打开的（/settings listen）。',
  status: '{{model}}，{{workers}} 个在工作。等待 {{waiting}}，正在回答 {{active}}。',
  noWorker: '没有人在工作。运营者得启动一个 worker。',
  failed: '没有成功。原因在运营者的日志里。',
};
