/** Opcodes of the gateway. */
export const op = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voice: 4,
  resume: 6,
  reconnect: 7,
  requestMembers: 8,
  invalidSession: 9,
  hello: 10,
  ack: 11,
} as const;

/** Why the gateway closes a connection. */
export const close = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  invalidShard: 4010,
  invalidIntents: 4013,
  disallowedIntents: 4014,
} as const;

/** Intents that must be switched on for the app: members, presences, message content. */
export const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);
export const MESSAGE_CONTENT = 1 << 15;

const ALL = (1 << 26) - 1;

export function areIntents(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && (value & ~ALL) === 0;
}

/** The intent that an event needs, in a guild and in direct messages; 0 is none. */
export const intentFor = {
  none: { guild: 0, dm: 0 },
  guilds: { guild: 1 << 0, dm: 0 },
  members: { guild: 1 << 1, dm: 0 },
  webhooks: { guild: 1 << 5, dm: 0 },
  messages: { guild: 1 << 9, dm: 1 << 12 },
  reactions: { guild: 1 << 10, dm: 1 << 13 },
  typing: { guild: 1 << 11, dm: 1 << 14 },
} as const;
