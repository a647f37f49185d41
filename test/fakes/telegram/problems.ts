/** What Telegram refuses, in its words. */
const problems = {
  unauthorized: [401, 'Unauthorized'],
  notFound: [404, 'Not Found'],
  noMethod: [404, 'Not Found: method not found'],
  gateway: [502, 'Bad Gateway'],
  internal: [500, 'Internal Server Error'],
  otherGetUpdates: [
    409,
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  ],
  setWebhook: [409, 'Conflict: terminated by setWebhook request'],
  webhookActive: [
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  ],
  blocked: [403, 'Forbidden: bot was blocked by the user'],
  notStarted: [403, "Forbidden: bot can't initiate conversation with a user"],
  toBot: [403, "Forbidden: bot can't send messages to bots"],
  kickedGroup: [403, 'Forbidden: bot was kicked from the group chat'],
  kickedSupergroup: [403, 'Forbidden: bot was kicked from the supergroup chat'],
  notMemberGroup: [403, 'Forbidden: bot is not a member of the group chat'],
  notMemberSupergroup: [403, 'Forbidden: bot is not a member of the supergroup chat'],
  chatNotFound: [400, 'Bad Request: chat not found'],
  userNotFound: [400, 'Bad Request: user not found'],
  migrated: [400, 'Bad Request: group chat was upgraded to a supergroup chat'],
  noRights: [400, 'Bad Request: not enough rights to send text messages to the chat'],
  noTopicRights: [400, 'Bad Request: not enough rights to manage topics'],
  empty: [400, 'Bad Request: message text is empty'],
  tooLong: [400, 'Bad Request: message is too long'],
  captionTooLong: [400, 'Bad Request: message caption is too long'],
  notModified: [
    400,
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  ],
  editNotFound: [400, 'Bad Request: message to edit not found'],
  cannotEdit: [400, "Bad Request: message can't be edited"],
  noTextToEdit: [400, 'Bad Request: there is no text in the message to edit'],
  deleteNotFound: [400, 'Bad Request: message to delete not found'],
  cannotDelete: [400, "Bad Request: message can't be deleted"],
  replyNotFound: [400, 'Bad Request: message to be replied not found'],
  reactNotFound: [400, 'Bad Request: message to react not found'],
  reactionInvalid: [400, 'Bad Request: REACTION_INVALID'],
  noIdentifier: [400, 'Bad Request: message identifier is not specified'],
  inlineInvalid: [400, 'Bad Request: MESSAGE_ID_INVALID'],
  threadNotFound: [400, 'Bad Request: message thread not found'],
  topicClosed: [400, 'Bad Request: TOPIC_CLOSED'],
  topicNotModified: [400, 'Bad Request: TOPIC_NOT_MODIFIED'],
  notForum: [400, 'Bad Request: the chat is not a forum'],
  draftChat: [400, 'Bad Request: drafts can be sent only to private chats'],
  draftId: [400, 'Bad Request: draft identifier must be non-zero'],
  action: [400, 'Bad Request: wrong parameter action in request'],
  queryTooOld: [400, 'Bad Request: query is too old and response timeout expired or query ID is invalid'],
  resultDuplicate: [400, 'Bad Request: RESULT_ID_DUPLICATE'],
  resultId: [400, 'Bad Request: RESULT_ID_INVALID'],
  tooManyResults: [400, 'Bad Request: RESULTS_TOO_MUCH'],
  replyMarkup: [400, 'Bad Request: object expected as reply markup'],
  inlineExpected: [400, 'Bad Request: inline keyboard expected'],
  textButton: [
    400,
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  buttonData: [400, 'Bad Request: BUTTON_DATA_INVALID'],
  buttonUrl: [400, 'Bad Request: BUTTON_URL_INVALID'],
  markupTooLong: [400, 'Bad Request: reply markup is too long'],
  commandInvalid: [400, 'Bad Request: BOT_COMMAND_INVALID'],
  commandDescription: [400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID'],
  tooManyCommands: [400, 'Bad Request: BOT_COMMANDS_TOO_MUCH'],
  description: [400, 'Bad Request: BOT_DESCRIPTION_INVALID'],
  webhookHttps: [400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook'],
  webhookSecret: [400, 'Bad Request: secret token contains unallowed characters'],
  fileId: [400, 'Bad Request: wrong file_id or the file is temporarily unavailable'],
  noDocument: [400, 'Bad Request: there is no document in the request'],
  emptyFile: [400, 'Bad Request: file must be non-empty'],
  fileOff: [500, 'Internal Server Error: file storage is unavailable'],
  adminsOfPrivate: [400, 'Bad Request: there are no administrators in the private chat'],
  leavePrivate: [400, "Bad Request: chat member status can't be changed in private chats"],
} as const satisfies Record<string, readonly [number, string]>;

export type Problem = keyof typeof problems;

/** What comes beside the description of an error. */
export interface Parameters {
  readonly retry_after?: number;
  readonly migrate_to_chat_id?: number;
}

/** An answer that is an error, in the form that Telegram gives it. */
export class ApiError extends Error {
  /** `error_code`, and the HTTP status. */
  readonly code: number;
  readonly parameters: Parameters | undefined;

  constructor(code: number, description: string, parameters?: Parameters) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export function problem(name: Problem, parameters?: Parameters): ApiError {
  const [code, description] = problems[name];
  return new ApiError(code, description, parameters);
}

/** 400 with words of its own. */
export function badRequest(what: string): ApiError {
  return new ApiError(400, `Bad Request: ${what}`);
}

/** 429. @param seconds - how long to keep away. */
export function tooMany(seconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
