import { hasColor, paint, plain, type Style } from '../../bots/console/index.ts';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { App } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { type Finding, fail, ok } from '../doctor/check.ts';
import { checkMachine } from '../doctor/machine.ts';
import { checkModel } from '../doctor/model.ts';
import { checkPlatforms } from '../doctor/platforms.ts';
import { checkRedisOf } from '../doctor/redis.ts';
import { checkRemote } from '../doctor/remote.ts';
import { checkSettings } from '../doctor/settings.ts';
import { silentLog } from '../log.ts';
import { table } from '../table.ts';

const styles: Record<Finding['status'], Style> = { ok: 'green', warn: 'yellow', fail: 'red' };

/** `wisecrack doctor`. Without `run`: it must work where the configuration, which that reads first, is what is wrong. */
export async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const findings = await examine();
  if (json) for (const finding of findings) console.log(JSON.stringify(complete(finding)));
  else console.log(draw(findings).join('\n'));
  process.exitCode = findings.some(({ status }) => status === 'fail') ? 1 : 0;
}

async function examine(): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    return [
      ...checkMachine(undefined),
      fail('settings', reasonOf(error), error instanceof WisecrackError ? error.mend : ''),
    ];
  }
  const app = new App(config, silentLog());
  try {
    return [
      ...checkMachine(config.device),
      ok('settings', 'all understood'),
      ...(await checkSettings(config)),
      ...(await (config.remote ? checkRemote(config) : checkModel(config))),
      ...(await checkRedisOf(app)),
      ...(await checkPlatforms(app)),
    ];
  } finally {
    await app.close();
  }
}

/** Every line has every key. */
function complete({ check, status, found, mend = '' }: Finding): Required<Finding> {
  return { check, status, found, mend };
}

function draw(findings: Finding[]): string[] {
  const color = hasColor(process.stdout);
  const lines = table(findings.map(({ status, check, found }) => [status.padEnd(4), check, plain(found)]));
  const width = Math.max(...findings.map(({ check }) => check.length)) + 8;
  return findings.flatMap(({ status, mend }, at) => {
    const [first = '', ...rest] = (lines[at] ?? '').split('\n');
    const line = `${paint(styles[status], status, color)}${first.slice(status.length)}`;
    const more = [...rest, ...(mend ? [`-> ${mend}`] : [])];
    return [line, ...more.map((text) => `${' '.repeat(width)}${text}`)];
  });
}
