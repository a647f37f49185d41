/**
 * The one catalogue of errors. Each has a code that never changes, a message that says what is wrong and where (`{name}` is filled in),
 * and a mend that says what to do. `retry` marks what may go away by itself: a job that fails so is tried again.
 */
const catalogue = {
  WISECRACK_CONFIG_INVALID: {
    message: 'The setting {name} is wrong: {reason}',
    mend: 'Correct it in .env or in the environment; .env.example lists them all.',
  },
  WISECRACK_ADDON_MISSING: { message: 'The native engine is not built ({reason})', mend: 'Run "npm run build".' },
  WISECRACK_MODEL_NOT_FOUND: {
    message: 'There is no model in {folder}: {reason}',
    mend: 'Point WISECRACK_MODEL at a folder with model.safetensors and config.json, or xAI’s ckpt-0, and tokenizer.model.',
  },
  WISECRACK_MODEL_INVALID: {
    message: 'The model in {folder} cannot be used: {reason}',
    mend: 'Download or convert it again; "wisecrack doctor" checks it.',
  },
  WISECRACK_CONVERT_FAILED: {
    message: 'The model cannot be written to {folder}: {reason}',
    mend: 'Choose an empty folder with enough room; the same command goes on where it stopped.',
  },
  WISECRACK_OUT_OF_MEMORY: {
    message: 'Out of memory: {reason}',
    mend: 'Lower WISECRACK_SEQUENCES or WISECRACK_CONTEXT, set WISECRACK_KV_MIB, or use a machine with more memory.',
  },
  WISECRACK_DEVICE_MISSING: {
    message: 'The engine cannot compute on {device}: {reason}',
    mend: 'Compute on the CPU: --device cpu, or WISECRACK_DEVICE=cpu. "wisecrack doctor" says which cards there are.',
  },
  WISECRACK_TOKENIZER_INVALID: {
    message: 'The tokenizer {file} cannot be used: {reason}',
    mend: 'It must be the SentencePiece tokenizer.model that belongs to the model.',
  },
  WISECRACK_REQUEST_INVALID: {
    message: 'The engine cannot run this request: {reason}',
    mend: 'Shorten the message or lower the reply length of the persona.',
  },
  WISECRACK_ENGINE_FAILED: {
    message: 'The engine failed: {reason}',
    mend: 'Look at the log; the reply is tried again.',
    retry: true,
  },
  WISECRACK_ENGINE_CLOSED: {
    message: 'The engine is closed',
    mend: 'The reply is taken up by the next worker.',
    retry: true,
  },
  WISECRACK_REMOTE_UNREACHABLE: {
    message: 'No inference server can be reached: {reason}',
    mend: 'Start it, or correct WISECRACK_REMOTE_URLS; it is tried again.',
    retry: true,
  },
  WISECRACK_REMOTE_DENIED: {
    message: 'The inference server {url} does not accept the key',
    mend: 'Correct WISECRACK_REMOTE_KEYS: one key for all servers, or one for each in their order.',
  },
  WISECRACK_REMOTE_INVALID: {
    message: 'The inference server {url} cannot be used: {reason}',
    mend: 'It must serve /v1/completions (vLLM, SGLang, llama.cpp server); "wisecrack doctor" looks at it.',
  },
  WISECRACK_REMOTE_BUSY: {
    message: 'The inference server {url} is busy: {reason}',
    mend: 'The reply is tried again; if it stays so, lower WISECRACK_SEQUENCES or add a server.',
    retry: true,
  },
  WISECRACK_REMOTE_FAILED: {
    message: 'The inference server {url} failed: {reason}',
    mend: "Look at that server's log; the reply is tried again and goes on where it stopped.",
    retry: true,
  },
  WISECRACK_REDIS_UNREACHABLE: {
    message: 'Redis does not answer at {url}: {reason}',
    mend: 'Start it, or unset REDIS_URL to use the embedded one.',
    retry: true,
  },
  WISECRACK_REDIS_MISSING: {
    message: 'redis-server is not installed',
    mend: 'Install it (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
  },
  WISECRACK_REDIS_FAILED: {
    message: 'The embedded Redis did not start: {reason}',
    mend: 'Look at the log in {folder}.',
  },
  WISECRACK_REDIS_IN_USE: {
    message: 'Another Wisecrack uses {folder} and cannot be joined: {reason}',
    mend: 'Stop it first, or set REDIS_URL or WISECRACK_HOME.',
  },
  WISECRACK_NO_ANSWER: { message: '{reason}', mend: 'Ask again in a moment.' },
  WISECRACK_TOKEN_MISSING: {
    message: '{name} is not set',
    mend: 'Put the bot’s token into .env; README.md says where it comes from.',
  },
  WISECRACK_FEED_FAILED: {
    message: 'The feed of {feed} cannot be read: {reason}',
    mend: 'It is tried again in a quarter of an hour. If it goes on, look at its address in WISECRACK_FEEDS.',
    retry: true,
  },
  WISECRACK_JOB_INVALID: {
    message: 'A job does not have the form that it must have: {reason}',
    mend: 'This is a mistake in Wisecrack; please report it.',
  },
  WISECRACK_TURN_GONE: {
    message: 'The message {turn} is no longer in its conversation',
    mend: 'It was reset or deleted meanwhile; nothing is to be done.',
  },
  WISECRACK_PERSONA_NOT_FOUND: { message: 'There is no persona called {name}', mend: 'These exist: {known}.' },
  WISECRACK_PERSONA_INVALID: {
    message: '{problems}',
    mend: 'Correct the lines named; personas/README.md explains each field.',
  },
  WISECRACK_CARD_INVALID: {
    message: 'This Character Card is not taken: {reason}',
    mend: 'It must be a Character Card V2 or V3 as JSON, PNG or CHARX; export it again where it comes from.',
  },
  WISECRACK_PERSONA_EXISTS: {
    message: '{file} is there already',
    mend: 'Choose another name, or move that file away first.',
  },
  WISECRACK_WINDOW_TOO_SMALL: {
    message: 'The window is too small: {reason}',
    mend: 'Raise WISECRACK_CONTEXT, or shorten frame and profile of the persona.',
  },
  WISECRACK_QUESTION_INVALID: {
    message: 'That cannot be asked: {reason}',
    mend: 'Ask something of 1 to 16,000 characters.',
  },
  WISECRACK_RULE_INVALID: {
    message: 'The rule {name} cannot be set so: {reason}',
    mend: 'Correct the value, or take it back to let the wider scope count.',
  },
  WISECRACK_BENCH_NOT_FOUND: { message: 'There is no benchmark called {name}', mend: '{hint}' },
  WISECRACK_CARD_UNKNOWN: { message: '{name} says no cards that are known', mend: '{hint}' },
  WISECRACK_GOLDEN_INVALID: {
    message: '{folder} is no folder of golden vectors: {reason}',
    mend: 'It needs config.json, model.safetensors or ckpt-0, golden.json and golden.safetensors (test/golden/README.md).',
  },
  WISECRACK_DISCORD_TOKEN_INVALID: {
    message: 'Discord does not accept the bot token',
    mend: 'Copy it from the Discord Developer Portal (Bot, Reset Token) into DISCORD_TOKEN.',
  },
  WISECRACK_DISCORD_INTENT_MISSING: {
    message: 'Discord withholds the text of most messages: the Message Content intent is off',
    mend: 'Switch it on in the Discord Developer Portal (Bot, Privileged Gateway Intents), or unset DISCORD_MESSAGE_CONTENT; without it the bot hears mentions, replies, direct messages and commands.',
  },
  WISECRACK_DISCORD_SHARDS_NEEDED: {
    message: 'Discord wants this bot in more than one shard',
    mend: 'Start it again: it then starts as many as Discord asks for.',
  },
  WISECRACK_DISCORD_UNREACHABLE: {
    message: 'Discord cannot be reached: {reason}',
    mend: 'Nothing is to be done here; it is tried again.',
    retry: true,
  },
  WISECRACK_DISCORD_CLOSED: {
    message: 'Discord has closed the connection for good (code {code})',
    mend: 'This is a mistake in Wisecrack, or the bot was removed; please report it.',
  },
  WISECRACK_PORT_TAKEN: {
    message: 'Port {port} is taken',
    mend: 'Stop what uses it, or choose another with --port.',
  },
  WISECRACK_TELEGRAM_TOKEN_INVALID: {
    message: 'Telegram does not accept the bot token',
    mend: 'Copy it from BotFather (/mybots, API Token) into TELEGRAM_TOKEN.',
  },
  WISECRACK_TELEGRAM_UNREACHABLE: {
    message: 'Telegram is out of reach: {reason}',
    mend: 'It is tried again; if it stays so, check the connection to api.telegram.org.',
    retry: true,
  },
  WISECRACK_ADMIN_LOGIN_FAILED: {
    message: 'Name, password or code is wrong',
    mend: 'Try again; an owner can remove the account and invite anew.',
  },
  WISECRACK_ADMIN_CODE_NEEDED: {
    message: 'A code is needed too',
    mend: 'Type the six digits that the authenticator shows.',
  },
  WISECRACK_ADMIN_TOO_OFTEN: { message: 'That was tried too often', mend: 'Wait {seconds} s, then try again.' },
  WISECRACK_ADMIN_LINK_INVALID: {
    message: 'This link is used up, too old or not complete',
    mend: 'Take the newest one: the terminal prints the setup link at each start, an owner makes invites.',
  },
  WISECRACK_ADMIN_NAME_TAKEN: { message: 'The name {name} is taken', mend: 'Choose another one.' },
  WISECRACK_ADMIN_LAST_OWNER: {
    message: '{name} is the only owner',
    mend: 'Make somebody else an owner first.',
  },
  WISECRACK_ADMIN_NO_SESSION: { message: 'Nobody is logged in', mend: 'Log in, or send a token that is valid.' },
  WISECRACK_CHAT_NO_SESSION: {
    message: 'You are not in the chat',
    mend: 'Open the link of an invite, or log in to the dashboard.',
  },
  WISECRACK_CHAT_LINK_INVALID: {
    message: 'This invite is used up, too old or not complete',
    mend: 'Ask whoever sent it for a new one.',
  },
  WISECRACK_ADMIN_FORBIDDEN: { message: 'That takes the role {role}', mend: 'Ask an owner for it.' },
  WISECRACK_ADMIN_FOREIGN_ORIGIN: {
    message: 'The request came from another site',
    mend: 'Use the dashboard’s own page; scripts send a token. Behind a proxy, set WISECRACK_ADMIN_URL.',
  },
  WISECRACK_ADMIN_REQUEST_INVALID: {
    message: 'The request is wrong: {reason}',
    mend: 'GET /api/openapi.json says what it takes.',
  },
  WISECRACK_ADMIN_TOO_LARGE: { message: 'The request is too large', mend: 'Send less at once.' },
  WISECRACK_ADMIN_NOT_FOUND: { message: 'There is no {what}', mend: 'Look at the list again: it may be gone.' },
  WISECRACK_ADMIN_OVERTAKEN: {
    message: '{what} has been changed meanwhile',
    mend: 'Look at what it is now, then decide again.',
  },
  WISECRACK_ADMIN_FAILED: { message: 'Something went wrong in the dashboard', mend: 'Its log says what.' },
  WISECRACK_ADMIN_EXPOSED: {
    message: 'On {host} others could reach the dashboard, and it was not told under which address they may',
    mend: 'Set WISECRACK_ADMIN_URL to that address, e.g. https://bot.example.org, or WISECRACK_ADMIN_HOST=127.0.0.1.',
  },
  WISECRACK_ADMIN_PORT_TAKEN: {
    message: 'The dashboard cannot listen on {host}:{port}: {reason}',
    mend: 'Stop what uses the port, or set WISECRACK_ADMIN_PORT and WISECRACK_ADMIN_HOST.',
  },
} as const satisfies Record<string, { message: string; mend: string; retry?: boolean }>;

export type ErrorCode = keyof typeof catalogue;

/** Those that may go away by themselves. */
export type PassingCode = {
  [Code in ErrorCode]: (typeof catalogue)[Code] extends { retry: true } ? Code : never;
}[ErrorCode];

/** The names of what an error's texts are made of. */
export type ErrorValueName<Code extends ErrorCode> = NamesIn<(typeof catalogue)[Code]['message' | 'mend']>;
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What is put into a message: also a sentence that has a code of its own, whose English it is there. */
export type ErrorValue = string | number | { readonly message: string };

/** An error of ours: `message` says what is wrong and where, `mend` what to do about it, `code` which one it is. */
export class WisecrackError extends Error {
  readonly code: ErrorCode;
  readonly mend: string;
  /** What its texts are made of: by them and the code they can be said in another language. */
  readonly values: Readonly<Record<string, ErrorValue>>;
  /** Whether trying again later may help. */
  readonly retry: boolean;

  constructor(code: ErrorCode, values: Readonly<Record<string, ErrorValue>> = {}, options?: ErrorOptions) {
    const entry: { message: string; mend: string; retry?: boolean } = catalogue[code];
    const english = (value: ErrorValue) => (typeof value === 'object' ? value.message : String(value));
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, key: string) => english(values[key] ?? whole));
    super(fill(entry.message), options);
    this.name = 'WisecrackError';
    this.code = code;
    this.values = values;
    this.mend = fill(entry.mend);
    this.retry = entry.retry ?? false;
  }
}

/** Whether `code` is in the catalogue; errors of the native engine carry the same codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(catalogue, code);
}

/** What an unknown thrown value says, in one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
}
