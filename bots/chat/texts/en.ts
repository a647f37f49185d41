/** Our own texts in English, the language that every other one is checked against. Personas bring theirs. */
export const en = {
  // Commands
  help: [
    '/persona NAME  talk to somebody else',
    '/personas      who there is',
    '/mood NAME     another mood; alone, which there are',
    '/catchup 2h    what was said: 50 (messages), 30m, 2h, 1d, 14:30',
    '/news TOPIC    the headlines',
    '/reset         forget this conversation',
    '/stop          stop the reply',
    '/help          this list',
  ].join('\n'),
  personaNow: '{{name}} is talking to you. /personas lists the others.',
  personaChanged: 'From now on, {{name}} is talking to you.',
  personaChangedIn: 'From now on, {{name}} answers here: {{scope}}.',
  noPersona: 'There is no persona called "{{name}}". These exist: {{known}}.',
  moodNow: '{{name}} is {{mood}} here. There are: {{known}}.',
  moodUsual: 'as usual',
  moodChanged: '{{name}} is {{mood}} from now on.',
  noMood: '{{name}} knows no mood called "{{mood}}". There are: {{known}}.',
  noMoods: '{{name}} is always in the same mood.',
  // Asked in a person's name: the model reads these
  catchupAsk: 'What did I miss?',
  catchupAskLast_one: 'What was said in the last {{count}} message?',
  catchupAskLast_other: 'What was said in the last {{count}} messages?',
  catchupAskSince: 'What did I miss since {{time}}?',
  newsAsk: 'What is in the news today?',
  newsAskAbout: 'What is in the news about {{topic}}?',
  catchupUnclear:
    'I cannot read "{{given}}". Say how many messages (50), how far back (30m, 2h, 1d), or since when (14:30, in UTC).',
  nothingMissed: 'Nothing was said since you spoke last. A number tells the last messages: /catchup 50.',
  nothingSaid: 'Nothing was said that I know of.',
  noNews: 'There is no news: nobody has set up a feed here, or none has told anything for days.',
  noNewsAbout: 'No headline of these days is about {{topic}}. /news alone tells the others.',
  forgotten: 'Forgotten. We have never met.',
  stopped: 'Stopped.',
  nothingToStop: 'There is nothing to stop.',
  nothingToRepeat: 'There is no answer here yet that could be tried again.',
  unknownCommand: 'There is no /{{word}}. /help lists what there is.',
  unknownCommandMeant: 'There is no /{{word}}. Did you mean /{{meant}}?',
  // The terminal
  inQueue: 'in the queue, place {{place}}',
  remembered_one: '{{count}} message remembered; /reset forgets it.',
  remembered_other: '{{count}} messages remembered; /reset forgets them.',
  keys: '/help lists the commands. Ctrl-C stops a reply, Ctrl-D leaves.',
  seconds: '{{seconds}} s',
  secondsAndSpeed: '{{seconds}} s, {{speed}} tokens/s',
  notConnected: 'That did not work',
  // What a chat is told
  waiting: 'In the queue, place {{place}}.',
  waitingFor: 'In the queue, place {{place}}, about {{seconds}} s.',
  attachmentOnly: 'I read words only. What is in the picture?',
  nothingAsked: 'Yes? Say what you want to know, right behind my name.',
  tooLong: 'That is {{length}} characters. I read {{most}} at most.',
  thisChannel: 'this channel',
  thisServer: 'the whole server',
  botHelp:
    'Mention me, reply to me or write to me in private, and {{name}} answers.\n' +
    '/ask a question, /persona who answers, /mood how, /catchup what you missed, /news the headlines, /retry and /continue the last answer, /stop it, /reset the conversation, ' +
    '/privacy what is kept of you, /status how busy it is. An edited question is answered anew, a deleted one takes its answer along.',
  // Refusals
  tooFast: 'Slow down a little: I answer you again in {{seconds}} s.',
  serverTooFast: 'This server asks faster than I am allowed to answer. Try again in {{seconds}} s.',
  quotaUsed: 'Your words for today are used up. There are new ones at midnight UTC.',
  serverQuotaUsed: 'This server’s words for today are used up. There are new ones at midnight UTC.',
  queueFull: 'There is a crowd before you. Try again in {{seconds}} s.',
  closed: 'I am being looked after and take no questions now. Try again later.',
  notHere: 'I am not to answer here.',
  notYou: 'I am not to answer you here.',
  adultsOnly: '{{name}} speaks only where /settings nsfw is on, and the channel is one for adults.',
  mayNotChange: 'Only those who manage this server may change that.',
  notYours: 'Only the person who asked may press that.',
  thanks: 'Noted, thank you.',
  settingChanged: '{{setting}} is now {{value}}.',
  settingInvalid: 'That is no value for {{setting}}: {{reason}}',
  settingsNow: 'What holds here:\n{{list}}',
  cannotListen:
    '"listen" is on, but as it is set up, this platform may tell me only what is meant for me. `wisecrack doctor` says how that is changed.',
  erased_one: 'Erased: {{count}} message, and everything else about you.',
  erased_other: 'Erased: {{count}} messages, yours and the answers to them, and everything else about you.',
  privacy:
    'What I keep: the messages that were meant for me and my answers, by conversation, for {{days}} days; your choice of ' +
    'persona; counters for limits; your thumbs. Of you there are now {{turns}} messages in {{conversations}} conversations. ' +
    'Nothing leaves this bot’s own machines, and nothing is used to train a model. "/privacy erase" deletes all of it.',
  privacyListening:
    'Here I also keep, for as long and no longer, what is said without being meant for me, so that I know what is talked about. ' +
    'Those who manage this place have switched that on (/settings listen).',
  status: '{{model}}, {{workers}} at work. Waiting: {{waiting}}, in the making: {{active}}.',
  noWorker: 'Nobody is at work. The operator has to start a worker.',
  failed: 'That did not work. The operator finds the reason in the log.',
} as const;
