import { setTimeout as sleep } from 'node:timers/promises';
import { type RESTGetAPIGatewayBotResult, Routes, type Shard, ShardingManager } from 'discord.js';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { BotLog } from '../chat/bot/index.ts';
import { closeRest, openRest, type RestOptions } from './rest.ts';

/** Something that runs until it is closed. */
export interface Running {
  close(): Promise<void>;
}

export interface ShardsOptions extends RestOptions {
  /** The script of one shard, a process of its own; it finds SHARDS and SHARD_COUNT in its environment. */
  script: string;
  args?: string[];
  log: BotLog;
  /**
   * Runs the bot in this process, as nearly all bots do.
   *
   * @param onEnd - to be called when it ended for good.
   */
  one: (onEnd: (error: WisecrackError) => void) => Promise<Running>;
  /** Called when the bot in this process ended for good, and not for want of shards. */
  onEnd?: (error: WisecrackError) => void;
}

/** How long a shard may take to stop, in ms. */
const STOP_MS = 20_000;
/** How long to wait before a shard that ended is started again, in ms. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Starts the bot in as many processes as Discord asks for: one, this one, up to about 1,000 servers; Discord demands more
 * from 2,500 on. A bot that grows beyond that while it runs is divided without a restart.
 *
 * @throws WisecrackError WISECRACK_DISCORD_TOKEN_INVALID or WISECRACK_DISCORD_UNREACHABLE.
 */
export async function startShards(options: ShardsOptions): Promise<Running & { shards: number }> {
  const { log, one, onEnd } = options;
  const shards = await recommendedShards(options);
  if (shards > 1) return { ...startProcesses(options, shards), shards };

  let running: Running;
  let closed = false;
  const grow = async () => {
    log.info({}, 'Discord wants more than one shard');
    await running.close();
    if (!closed) running = startProcesses(options, Math.max(2, await recommendedShards(options)));
  };
  const end = (error: WisecrackError) => {
    if (error.code !== 'WISECRACK_DISCORD_SHARDS_NEEDED') onEnd?.(error);
    else grow().catch((failed) => log.warn({ error: reasonOf(failed) }, 'the shards did not start'));
  };
  try {
    running = await one(end);
  } catch (error) {
    if (!(error instanceof WisecrackError) || error.code !== 'WISECRACK_DISCORD_SHARDS_NEEDED') throw error;
    running = startProcesses(options, Math.max(2, shards));
  }
  return {
    shards,
    close: () => {
      closed = true;
      return running.close();
    },
  };
}

/** The shard that a server's events come to; direct messages come to the first. */
export function shardOf(server: string | undefined, shards: number): number {
  return server === undefined ? 0 : Number((BigInt(server) >> 22n) % BigInt(shards));
}

async function recommendedShards(options: RestOptions): Promise<number> {
  const rest = openRest(options);
  try {
    return ((await rest.get(Routes.gatewayBot())) as RESTGetAPIGatewayBotResult).shards;
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 401) {
      throw new WisecrackError('WISECRACK_DISCORD_TOKEN_INVALID');
    }
    throw new WisecrackError('WISECRACK_DISCORD_UNREACHABLE', { reason: reasonOf(error) });
  } finally {
    closeRest(rest);
  }
}

function startProcesses({ script, args = [], token, log }: ShardsOptions, shards: number): Running {
  // It would start a shard that fails at once again and again, without a pause, until Discord takes the token away.
  const manager = new ShardingManager(script, { token, totalShards: shards, shardArgs: args, respawn: false });
  const closed = new AbortController();
  manager.on('shardCreate', (shard) => keepAlive(shard, log, closed.signal));
  // -1: a shard that waits for Discord is no failure.
  manager.spawn({ amount: shards, timeout: -1 }).catch((error) => {
    log.warn({ error: reasonOf(error) }, 'the shards did not start');
  });
  return {
    async close() {
      closed.abort();
      await Promise.all([...manager.shards.values()].map(stop));
      // The manager has told all processes begun here that they are shards.
      delete process.env.SHARDING_MANAGER;
      delete process.env.SHARDING_MANAGER_MODE;
    },
  };
}

/** Starts a shard again whenever it ends, after a pause that grows as long as it keeps ending. */
function keepAlive(shard: Shard, log: BotLog, closed: AbortSignal): void {
  let pause = FIRST_PAUSE_MS;
  let began = 0;
  shard.on('spawn', () => {
    began = performance.now();
    // The manager starts one after the other, and does not know that it is over.
    if (closed.aborted) void stop(shard);
    else log.info({ shard: shard.id }, 'a shard was started');
  });
  shard.on('error', (error) => log.warn({ shard: shard.id, error: reasonOf(error) }, 'a shard failed'));
  shard.on('death', () => {
    if (closed.aborted) return;
    pause = performance.now() - began > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(2 * pause, LONGEST_PAUSE_MS);
    log.warn({ shard: shard.id, waitMs: pause }, 'a shard has ended; it is started again');
    sleep(pause, undefined, { signal: closed })
      .then(() => shard.spawn(-1))
      .catch((error) => {
        if (!closed.aborted) log.warn({ shard: shard.id, error: reasonOf(error) }, 'a shard was not started again');
      });
  });
}

/** Asks a shard to stop, and makes it when it does not. */
async function stop(shard: Shard): Promise<void> {
  const child = shard.process;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
