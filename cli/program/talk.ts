import { type Command, Option } from 'commander';
import { deviceOption } from './device.ts';
import { examples } from './examples.ts';
import { wholeNumber } from './numbers.ts';

/** Running Wisecrack, and talking to it. */
export function addTalk(program: Command): void {
  program
    .command('start')
    .description('run everything that is configured, with a console when a terminal is attached')
    .addOption(
      new Option('--only <part>', 'run one part').choices(['worker', 'console', 'discord', 'telegram', 'admin']),
    )
    .addOption(deviceOption())
    .addHelpText('after', examples('wisecrack start', 'wisecrack start --only worker', 'wisecrack start --device cuda'))
    .action(async (options) => (await import('../commands/start.ts')).start(options));

  program
    .command('ask')
    .description('ask one question; the reply goes to stdout as it is made')
    .argument('<text...>', 'the question; "-" reads it from stdin')
    .option('-p, --persona <name>', 'who answers')
    .option('-s, --seed <number>', 'the same seed gives the same reply', wholeNumber)
    .option('--json', 'print the reply and its figures as one JSON object')
    .addOption(deviceOption())
    .addHelpText(
      'after',
      examples(
        'wisecrack ask "What is a volcano?"',
        'wisecrack ask --persona pirate --seed 7 "What is a volcano?"',
        'cat question.txt | wisecrack ask --json -',
      ),
    )
    .action(async (words, options) => (await import('../commands/ask.ts')).ask(words, options));

  program
    .command('chat')
    .description('talk in the terminal; each line of a pipe is a question')
    .addOption(deviceOption())
    .addHelpText('after', examples('wisecrack chat', 'wisecrack chat < questions.txt'))
    .action(async (options) => (await import('../commands/chat.ts')).chat(options));

  program
    .command('doctor')
    .description('look at everything that Wisecrack needs, and say what to mend')
    .option('--json', 'print one JSON object a line: check, status, found, mend')
    .addOption(deviceOption())
    .addHelpText('after', examples('wisecrack doctor', 'wisecrack doctor --json'))
    .action(async (options) => (await import('../commands/doctor.ts')).doctor(options));

  program
    .command('build')
    .description('install what is missing and build what changed; every other command does that too')
    .addHelpText('after', examples('wisecrack build'))
    // cli/wisecrack.mjs has done it before anything of this was there.
    .action(() => {});
}
