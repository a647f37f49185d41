/** BullMQ's queue of replies; its keys are `<prefix>:jobs:*`. */
export const QUEUE_NAME = 'jobs';

/** How long things stay, in seconds. */
export const STAY = {
  /** A reply's stream after its end. */
  stream: 24 * 60 * 60,
  /** The record by which a message that comes twice is recognised, after the reply's end. */
  record: 48 * 60 * 60,
  /** Which job a message of ours belongs to, and what was delivered where. */
  message: 14 * 24 * 60 * 60,
  /** A user's votes, after the last of them. */
  votes: 90 * 24 * 60 * 60,
  /** What is known of a reply by its trace: its job, and what was logged. */
  trace: 48 * 60 * 60,
  /** Headlines. */
  headline: 7 * 24 * 60 * 60,
  /** How fast replies were made, after the last of them. */
  pace: 24 * 60 * 60,
  /** Both of them while there is no end: longer than any queue, so that what was forgotten goes away. */
  unfinished: 7 * 24 * 60 * 60,
} as const;

/** How many turns of a conversation are kept, and how many of them stay when there are more: see lua/includes/append.lua. */
export const TURNS_KEPT = 2000;
export const TURNS_LEFT = 1500;

/** How many messages of a web chat are shown. */
export const SHOWN_KEPT = 200;

/** How many headlines are kept. */
export const HEADLINES_KEPT = 500;

/** How many days turns are kept where nothing else is said. */
export const RETENTION_DAYS = 30;

/**
 * BullMQ refuses ":" in job ids and all-digit ids. `encodeURIComponent` takes the one away, and the other cannot be,
 * since each id of ours has a ":".
 */
export const encodeJobId = (jobId: string) => encodeURIComponent(jobId);

export type Keys = ReturnType<typeof keysOf>;

/** Every key that this folder uses, in one place. */
export function keysOf(prefix: string) {
  return {
    /** Hash: nonce, persona, tag, attempt, events, cancel, end. See lua/. */
    record: (jobId: string) => `${prefix}:reply:${jobId}`,
    /** Stream of a reply's events. */
    stream: (jobId: string) => `${prefix}:reply:${jobId}:stream`,
    /** BullMQ's lock of a job: whoever holds it works on it. */
    lock: (jobId: string) => `${prefix}:${QUEUE_NAME}:${encodeJobId(jobId)}:lock`,
    /** BullMQ's jobs: those taken first whatever comes, by priority, running, put aside for a while. */
    wait: `${prefix}:${QUEUE_NAME}:wait`,
    prioritized: `${prefix}:${QUEUE_NAME}:prioritized`,
    active: `${prefix}:${QUEUE_NAME}:active`,
    delayed: `${prefix}:${QUEUE_NAME}:delayed`,
    /** Sorted set of the jobs that have no end, by when their question came in ms since 1970. */
    unfinished: `${prefix}:unfinished`,
    /** Sorted set of tenants by their next start tag, and the highest tag that has begun: see lua/includes/fair.lua. */
    tenants: `${prefix}:fair:tenants`,
    clock: `${prefix}:fair:clock`,
    /** List of turns as JSON, oldest first. */
    turns: (conversation: string) => `${prefix}:conversation:${conversation}:turns`,
    /** Sorted set of the same turns' ids, in the same order. */
    turnIds: (conversation: string) => `${prefix}:conversation:${conversation}:ids`,
    persona: (conversation: string) => `${prefix}:conversation:${conversation}:persona`,
    /** What was said before the window begins, as JSON. */
    summary: (conversation: string) => `${prefix}:conversation:${conversation}:summary`,
    /** How long turns are kept, in ms. */
    keep: (conversation: string) => `${prefix}:conversation:${conversation}:keep`,
    /** Sorted set of the conversations that have turns, by their last use in ms since 1970. */
    conversations: `${prefix}:conversations`,
    /** Set of the conversations in which somebody has spoken. */
    spokeIn: (user: string) => `${prefix}:user:${user}:conversations`,
    /** Hash of somebody's votes: job id -> vote, ":", persona. */
    votes: (user: string) => `${prefix}:user:${user}:votes`,
    /** Hash: vote, ":", persona -> number. */
    voteCounts: `${prefix}:votes`,
    /** Hash of a scope's settings: name -> JSON. */
    settings: (scope: string) => `${prefix}:settings:${scope}`,
    /** Stream of changed settings. */
    audit: `${prefix}:audit`,
    /** Channel of the scopes whose settings have changed. */
    changes: `${prefix}:settings`,
    /** Mark of a message that the limits have let through. */
    taken: (jobId: string) => `${prefix}:limit:taken:${jobId}`,
    /** Sorted sets of the messages of the last minute, by ms since 1970. */
    userLog: (user: string) => `${prefix}:limit:user:${user}:minute`,
    serverLog: (server: string) => `${prefix}:limit:server:${server}:minute`,
    /** Hashes of today's tokens: day, tokens. */
    userTokens: (user: string) => `${prefix}:limit:user:${user}:tokens`,
    serverTokens: (server: string) => `${prefix}:limit:server:${server}:tokens`,
    /** Sorted set of jobs that were let through and are not yet in the queue, by ms since 1970. */
    onTheWay: `${prefix}:limit:on-the-way`,
    /** Sorted sets of what bots said in a row, and of our replies to bots, by ms since 1970. */
    botTurns: (channel: string) => `${prefix}:loop:${channel}:turns`,
    botReplies: (channel: string) => `${prefix}:loop:${channel}:replies`,
    /** How long a reply takes, in ms: a moving average. */
    pace: `${prefix}:pace`,
    /** Hash: delivery, part:N, final, outcome, drop, owner, until. See lua/. */
    delivery: (jobId: string) => `${prefix}:delivery:${jobId}`,
    /** Sorted set of a platform's open deliveries, by the end of their owner's lease in ms since 1970. */
    deliveries: (platform: string) => `${prefix}:deliveries:${platform}`,
    /** The job that a message of ours belongs to. */
    message: (platform: string, message: string) => `${prefix}:message:${platform}:${message}`,
    /** Who asked what a job answers. */
    asked: (jobId: string) => `${prefix}:asked:${jobId}`,
    /** The job that answers a question now; a retry or an edit makes a new one. */
    jobOfTurn: (turnId: string) => `${prefix}:asked:turn:${turnId}`,
    /** The latest job of a person in a conversation. */
    latest: (conversation: string, author: string) => `${prefix}:asked:latest:${conversation}:${author}`,
    /** The holder of a lease, until it expires. */
    lease: (name: string) => `${prefix}:lease:${name}`,
    /** Hash of headlines as JSON, and a sorted set of the same by ms since 1970. */
    headlines: `${prefix}:news`,
    headlineTimes: `${prefix}:news:times`,
    /** Hash: feed -> what its server said last. */
    feedStates: `${prefix}:news:feeds`,
    heartbeats: `${prefix}:heartbeats`,
    heartbeat: (id: string) => `${prefix}:heartbeat:${id}`,
    /** Hash of what happened in one span of time: figures/note.ts names the fields. */
    figures: (span: string, from: number) => `${prefix}:figures:${span}:${from}`,
    /** Sorted sets of who used how much in one span of time. */
    usage: (what: 'tokens' | 'replies', by: string, span: string, from: number) =>
      `${prefix}:figures:${what}:${by}:${span}:${from}`,
    /** Stream of replies that failed. */
    failures: `${prefix}:failures`,
    /** The job of a trace. */
    trace: (trace: string) => `${prefix}:trace:${trace}`,
    /** Streams of log lines: all, and those of one trace. */
    logs: `${prefix}:logs`,
    logsOf: (trace: string) => `${prefix}:trace:${trace}:logs`,
    /** Hash of the dashboard's accounts: name in small letters -> JSON. */
    accounts: `${prefix}:admin:accounts`,
    /** A session, by the hash of its id; and the set of an account's sessions. */
    session: (hash: string) => `${prefix}:admin:session:${hash}`,
    sessionsOf: (name: string) => `${prefix}:admin:sessions:${name}`,
    /** What lets one create an account, by the hash of its secret: the setup link and invites. */
    ticket: (hash: string) => `${prefix}:admin:ticket:${hash}`,
    tickets: `${prefix}:admin:tickets`,
    /** Hash of API tokens: hash of the token -> JSON; and when each was used last. */
    tokens: `${prefix}:admin:tokens`,
    tokensUsed: `${prefix}:admin:tokens:used`,
    /** How often somebody has tried to log in. */
    tries: (who: string) => `${prefix}:admin:tries:${who}`,
    /** Mark of a one-time code that has been used. */
    usedCode: (name: string, step: number) => `${prefix}:admin:code:${name}:${step}`,
    /** Stream of what was done in the dashboard besides changes of settings. */
    acts: `${prefix}:admin:acts`,
    /** Hash of the personas that the dashboard has saved or deleted: id -> JSON; and the number of its newest change. */
    savedPersonas: `${prefix}:admin:personas`,
    savedStamp: `${prefix}:admin:personas:stamp`,
    /** Hash of what lies beside them: id, "/", name of the file -> bytes. */
    savedFiles: `${prefix}:admin:personas:files`,
    /** Stream of a persona's versions. */
    versions: (persona: string) => `${prefix}:admin:versions:${persona}`,
    /** What a page of the web chat shows: hash of messages as JSON, a sorted set of their ids, a counter of changes, and their channel. */
    shown: (conversation: string) => `${prefix}:web:shown:${conversation}`,
    shownOrder: (conversation: string) => `${prefix}:web:order:${conversation}`,
    shownVersion: (conversation: string) => `${prefix}:web:version:${conversation}`,
    shownChanges: (conversation: string) => `${prefix}:web:changes:${conversation}`,
    /** What lets people into the web chat, by the hash of its secret; who came in; and their sessions, by the hash of the id. */
    chatInvite: (hash: string) => `${prefix}:web:invite:${hash}`,
    chatInvites: `${prefix}:web:invites`,
    guest: (id: string) => `${prefix}:web:guest:${id}`,
    guests: `${prefix}:web:guests`,
    guestSession: (hash: string) => `${prefix}:web:session:${hash}`,
    /** Channel of cancelled job ids. */
    cancels: `${prefix}:cancel`,
    /** Stream that wakes one process's blocked XREAD. */
    wake: (id: string) => `${prefix}:wake:${id}`,
  };
}
