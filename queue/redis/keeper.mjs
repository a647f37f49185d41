// @ts-check
/**
 * Keeps the embedded redis-server for as long as somebody uses it. A process of its own, because nothing in a process
 * that is killed by SIGKILL can clean up after it; plain JavaScript, so that it runs from the sources too.
 *
 * Each user holds a connection to `keeper.sock`. The kernel closes it however its user dies, and when the last one is
 * closed, Redis is ended, and then this process. It also starts Redis again when that dies alone.
 *
 * Arguments: the redis-server binary, the data folder, the folder of the sockets.
 * A user says `join`, and is told one line: `ready`, or `failed <reason>`. Who says nothing only looks.
 */
import { spawn } from 'node:child_process';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

const [binary = '', folder = '', sockets = ''] = process.argv.slice(2);
const redisSocket = join(sockets, 'redis.sock');

/** How long to wait for the first user, and for Redis to write its last; in ms. */
const FIRST_USER_MS = 10_000;
const STOP_MS = 10_000;
/** Redis that dies this often within a minute is not started again. */
const MOST_DEATHS = 5;

/** @type {Set<import('node:net').Socket>} */
const users = new Set();
/** @type {string | undefined} */
let word;
let stopping = false;
/** @type {number[]} */
let deaths = [];
/** @type {import('node:child_process').ChildProcess} */
let redis;

function startRedis() {
  redis = spawn(
    binary,
    [
      ...['--port', '0', '--unixsocket', redisSocket, '--unixsocketperm', '700'],
      ...['--dir', folder, '--pidfile', join(folder, 'redis.pid'), '--logfile', join(folder, 'redis.log')],
      ...['--loglevel', 'warning', '--daemonize', 'no', '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  redis.on('error', (error) => stop(`failed ${error.message}`));
  redis.on('exit', (code, signal) => {
    if (stopping) return;
    deaths = [...deaths.filter((at) => at > Date.now() - 60_000), Date.now()];
    const reason = `redis-server ended with ${signal ?? code}`;
    console.error(new Date().toISOString(), reason);
    if (word === undefined || deaths.length >= MOST_DEATHS) stop(`failed ${reason}`);
    else setTimeout(startRedis, 50);
  });
}

/** Asks until Redis has read its data; then it is ready for users. */
function waitForRedis() {
  const socket = createConnection(redisSocket, () => socket.write('PING\r\n'));
  const again = () => stopping || word || setTimeout(waitForRedis, 10);
  socket.on('data', (data) => {
    if (data.toString().startsWith('+PONG')) tell('ready');
    socket.destroy();
  });
  socket.on('error', () => {});
  socket.on('close', again);
}

/** @param {string} said */
function tell(said) {
  word = said;
  for (const user of users) user.write(`${said}\n`);
}

/** @param {string} [said] */
function stop(said) {
  if (stopping) return;
  stopping = true;
  if (said) tell(said);
  // Closing removes keeper.sock: whoever comes now starts a new keeper, once Redis is gone.
  server.close();
  const leave = () => process.exit(said ? 1 : 0);
  if (redis?.pid === undefined || redis.exitCode !== null || redis.signalCode !== null)
    return void setTimeout(leave, 20);
  redis.on('exit', leave);
  redis.kill('SIGTERM');
  setTimeout(() => redis.kill('SIGKILL'), STOP_MS);
}

// Half-open: a user who says goodbye waits for our end of the connection, which closes when Redis is gone.
const server = createServer({ allowHalfOpen: true }, (user) => {
  if (stopping) return void user.destroy();
  user.once('data', () => {
    users.add(user);
    if (word) user.write(`${word}\n`);
  });
  const left = () => {
    if (!users.delete(user) || users.size > 0) user.end();
    else stop();
  };
  user.on('error', () => {});
  user.on('end', left);
  user.on('close', left);
});
server.on('error', (error) => {
  console.error(new Date().toISOString(), error.message);
  process.exit(1);
});
server.listen(join(sockets, 'keeper.sock'), () => {
  startRedis();
  waitForRedis();
});
setTimeout(() => users.size === 0 && stop(), FIRST_USER_MS);
process.on('SIGTERM', () => stop());
// A terminal's Ctrl-C and its closing are for the users; we follow them.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
