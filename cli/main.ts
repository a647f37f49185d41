/** The command line: what there is to say, and which file does it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from './version.ts';

const program = new Command('wisecrack')
  .description('A witty, self-hosted Grok-1 that answers in chats')
  .version(version())
  .showHelpAfterError('Try "wisecrack --help".')
  .addHelpText('after', examples('wisecrack start', 'wisecrack ask "Why is the sky blue?"', 'wisecrack doctor'));

program
  .command('start')
  .description('run everything that is configured, with a console when a terminal is attached')
  .addOption(new Option('--only <part>', 'run one part').choices(['worker', 'console', 'discord', 'telegram']))
  .addHelpText('after', examples('wisecrack start', 'wisecrack start --only worker'))
  .action(async (options) => (await import('./commands/start.ts')).start(options));

program
  .command('ask')
  .description('ask one question; the reply goes to stdout as it is made')
  .argument('<text...>', 'the question; "-" reads it from stdin')
  .option('-p, --persona <name>', 'who answers')
  .option('-s, --seed <number>', 'the same seed gives the same reply', wholeNumber)
  .option('--json', 'print the reply and its figures as one JSON object')
  .addHelpText(
    'after',
    examples(
      'wisecrack ask "What is a volcano?"',
      'wisecrack ask --persona pirate --seed 7 "What is a volcano?"',
      'cat question.txt | wisecrack ask --json -',
    ),
  )
  .action(async (words, options) => (await import('./commands/ask.ts')).ask(words, options));

program
  .command('chat')
  .description('talk in the terminal; each line of a pipe is a question')
  .addHelpText('after', examples('wisecrack chat', 'wisecrack chat < questions.txt'))
  .action(async () => (await import('./commands/chat.ts')).chat());

program
  .command('doctor')
  .description('look at everything that Wisecrack needs, and say what to mend')
  .option('--json', 'print one JSON object a line: check, status, found, mend')
  .addHelpText('after', examples('wisecrack doctor', 'wisecrack doctor --json'))
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

program
  .command('bench')
  .description('measure, beside what this machine allows')
  .argument('[name]', 'what to measure; without it, what there is is listed')
  .option('--config <folder or shape>', 'engine: the model to measure; the shape "scaled" is made on the spot (5 GB)')
  .option('--seconds <number>', 'how long a load lasts', wholeNumber)
  .option('--json', 'print one JSON object a line: name, value, unit, limit, ratio, bar, holds')
  .addHelpText('after', examples('wisecrack bench', 'wisecrack bench queue', 'wisecrack bench engine --config scaled'))
  .action(async (name, options) => (await import('./commands/bench.ts')).bench(name, options));

program
  .command('plan')
  .description('say what Grok-1 needs: what fits, how many chats, how fast; exit code 1 when it does not fit')
  .addOption(new Option('--gpus <cards>', 'how many of which, e.g. 8xH200').conflicts('thisMachine'))
  .option('--this-machine', 'measure the memory, the cores and the disk of this one')
  .addOption(new Option('--dtype <type>', 'how the weights are kept').choices(['bf16', 'int8']).default('bf16'))
  .option('--chats <number>', 'chats at once', countNumber)
  .option('--context <number>', 'tokens of each, at most 8192', windowNumber)
  .option('--json', 'print the plan as one JSON object a line')
  .addHelpText(
    'after',
    examples('wisecrack plan', 'wisecrack plan --gpus 8xH200 --chats 64', 'wisecrack plan --this-machine --dtype int8'),
  )
  .action(async (options) => (await import('./commands/plan.ts')).plan(options));

program
  .command('verify')
  .description('compare the engine with golden vectors; exit code 1 when it is too far from them')
  .argument('<folder>', 'holds golden vectors, or folders of them')
  .addOption(new Option('--device <name>', 'where to compute').choices(['cpu', 'cuda']).default('cpu'))
  .addOption(new Option('--activations <type>', 'the arithmetic to check').choices(['f32', 'bf16']).default('f32'))
  .addHelpText('after', examples('wisecrack verify test/golden', 'wisecrack verify test/golden --activations bf16'))
  .action(async (folder, options) => (await import('./commands/verify.ts')).verify(folder, options));

program
  .command('convert')
  .description(
    'write a model as safetensors files that the engine maps; run again, it goes on, or checks what is there',
  )
  .argument('<source>', "a model folder: xAI's ckpt-0, or safetensors")
  .argument('<target>', 'a folder that is empty or not there yet')
  .addOption(new Option('--dtype <type>', 'of the matrices').choices(['bf16', 'int8']).default('bf16'))
  .option('--shards <number>', 'files to write; 0 makes them about 10 GB each', wholeNumber, 0)
  .addHelpText(
    'after',
    examples(
      'wisecrack convert checkpoints grok-1-int8 --dtype int8',
      'wisecrack convert checkpoints grok-1 --shards 64',
    ),
  )
  .action(async (source, target, options) => (await import('./commands/convert.ts')).convert(source, target, options));

program
  .command('rehearse')
  .description(
    'try a model of true shape with random weights: write it as released, convert it, run it, compare it; needs much room',
  )
  .option('--layers <number>', 'of the 64 that Grok-1 has; each takes 5 GB twice', wholeNumber, 1)
  .addOption(new Option('--dtype <type>', 'what to convert it to').choices(['bf16', 'int8']).default('int8'))
  .addHelpText('after', examples('wisecrack rehearse', 'wisecrack rehearse --layers 2 --dtype bf16'))
  .action(async (options) => (await import('./commands/rehearse.ts')).rehearse(options));

const persona = program
  .command('persona')
  .description('look at personas, and bring them in from where they already are');

persona
  .command('list')
  .description('say which personas there are')
  .option('--json', 'print one JSON object a line: id, name, language, description')
  .addHelpText('after', examples('wisecrack persona list', 'wisecrack persona list --json'))
  .action(async (options) => (await import('./commands/persona/list.ts')).listPersonas(options));

persona
  .command('check')
  .description('look for mistakes in persona files; exit code 1 when there are some')
  .argument('<file...>', 'the YAML files')
  .addHelpText('after', examples('wisecrack persona check my-bot.yaml'))
  .action(async (files) => (await import('./commands/persona/check.ts')).checkPersonas(files));

persona
  .command('import')
  .description('make a persona of a Character Card (V2, V3; JSON, PNG, CHARX)')
  .argument('<card>', 'the file')
  .option('-n, --name <id>', 'the name of the persona file, without its ending')
  .addHelpText(
    'after',
    examples('wisecrack persona import ada.png', 'wisecrack persona import 小翠.charx --name xiaocui'),
  )
  .action(async (file, options) => (await import('./commands/persona/import.ts')).importPersona(file, options));

persona
  .command('export')
  .description('make a Character Card of a persona')
  .argument('<name>', 'a persona, or a YAML file')
  .addOption(new Option('-t, --to <kind>', 'the kind of file').choices(['png', 'json', 'charx']).default('png'))
  .option('-o, --output <file>', 'where it is written; the id and the kind when left out')
  .addHelpText('after', examples('wisecrack persona export guide', 'wisecrack persona export pirate --to charx'))
  .action(async (name, options) => (await import('./commands/persona/export.ts')).exportPersona(name, options));

persona
  .command('preview')
  .description('show the exact prompt, and how many tokens each part of it takes')
  .argument('<name>', 'a persona, or a YAML file')
  .addOption(new Option('--platform <name>', 'as it is there').choices(['console', 'discord', 'telegram']))
  .addOption(new Option('--language <code>', 'as it is in a chat of this language').choices(['en', 'zh']))
  .option('--mood <name>', 'one of its moods')
  .option('-m, --message <text>', 'what somebody asks', 'Hello!')
  .option('--json', 'print prompt, tokens, parts, stop strings and sampling as one JSON object')
  .addHelpText(
    'after',
    examples('wisecrack persona preview guide', 'wisecrack persona preview my-bot.yaml --language zh'),
  )
  .action(async (name, options) => (await import('./commands/persona/preview.ts')).previewPersona(name, options));

const dev = program.command('dev').description('for developers: try a platform without an account');

dev
  .command('discord')
  .description("start a Discord of one's own, with a page on which one chats as several people")
  .option('-p, --port <number>', 'where the page is served', portNumber, 4000)
  .addHelpText('after', examples('wisecrack dev discord', 'wisecrack dev discord --port 4100'))
  .action(async (options) => (await import('./commands/dev.ts')).devDiscord(options));

dev
  .command('telegram')
  .description("start a Telegram of one's own, with a page on which one chats as several people")
  .option('-p, --port <number>', 'where the page is served', portNumber, 4000)
  .addHelpText('after', examples('wisecrack dev telegram', 'wisecrack dev telegram --port 4100'))
  .action(async (options) => (await import('./commands/dev.ts')).devTelegram(options));

program
  .command('build')
  .description('install what is missing and build what changed; every other command does that too')
  .addHelpText('after', examples('wisecrack build'))
  // cli/wisecrack.mjs has done it before anything of this was there.
  .action(() => {});

await program.parseAsync();

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 9007199254740991.');
  }
  return number;
}

function countNumber(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > 100_000) throw new InvalidArgumentError('It must be from 1 to 100000.');
  return count;
}

function windowNumber(text: string): number {
  const tokens = wholeNumber(text);
  if (tokens < 256 || tokens > 8192) throw new InvalidArgumentError('It must be from 256 to 8192.');
  return tokens;
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('It must be from 0 (any that is free) to 65535.');
  return port;
}
