import { type Command, Option } from 'commander';
import { deviceOption } from './device.ts';
import { examples } from './examples.ts';
import { countNumber } from './numbers.ts';

/** Looking at personas, and bringing them in from where they already are. */
export function addPersonas(program: Command): void {
  const persona = program
    .command('persona')
    .description('look at personas, and bring them in from where they already are');

  persona
    .command('list')
    .description('say which personas there are')
    .option('--json', 'print one JSON object a line: id, name, language, description')
    .addHelpText('after', examples('wisecrack persona list', 'wisecrack persona list --json'))
    .action(async (options) => (await import('../commands/persona/list.ts')).listPersonas(options));

  persona
    .command('check')
    .description('look for mistakes in persona files; exit code 1 when there are some')
    .argument('<file...>', 'the YAML files')
    .addHelpText('after', examples('wisecrack persona check my-bot.yaml'))
    .action(async (files) => (await import('../commands/persona/check.ts')).checkPersonas(files));

  persona
    .command('import')
    .description('make a persona of a Character Card (V2, V3; JSON, PNG, CHARX)')
    .argument('<card>', 'the file')
    .option('-n, --name <id>', 'the name of the persona file, without its ending')
    .addHelpText(
      'after',
      examples('wisecrack persona import ada.png', 'wisecrack persona import 小翠.charx --name xiaocui'),
    )
    .action(async (file, options) => (await import('../commands/persona/import.ts')).importPersona(file, options));

  persona
    .command('export')
    .description('make a Character Card of a persona')
    .argument('<name>', 'a persona, or a YAML file')
    .addOption(new Option('-t, --to <kind>', 'the kind of file').choices(['png', 'json', 'charx']).default('png'))
    .option('-o, --output <file>', 'where it is written; the id and the kind when left out')
    .addHelpText('after', examples('wisecrack persona export guide', 'wisecrack persona export pirate --to charx'))
    .action(async (name, options) => (await import('../commands/persona/export.ts')).exportPersona(name, options));

  persona
    .command('preview')
    .description('show the exact prompt, and how many tokens each part of it takes')
    .argument('<name>', 'a persona, or a YAML file')
    .addOption(new Option('--platform <name>', 'as it is there').choices(['console', 'discord', 'telegram', 'web']))
    .addOption(new Option('--language <code>', 'as it is in a chat of this language').choices(['en', 'zh']))
    .option('--mood <name>', 'one of its moods')
    .option('-m, --message <text>', 'what somebody asks', 'Hello!')
    .option('--json', 'print prompt, tokens, parts, stop strings and sampling as one JSON object')
    .addHelpText(
      'after',
      examples('wisecrack persona preview guide', 'wisecrack persona preview my-bot.yaml --language zh'),
    )
    .action(async (name, options) => (await import('../commands/persona/preview.ts')).previewPersona(name, options));

  persona
    .command('eval')
    .description(
      'play a long scripted chat with it, and measure how well it holds; exit code 1 when a figure is not as wanted',
    )
    .argument('<name>', 'a persona, or a YAML file')
    .option('-t, --turns <number>', 'messages of the chat, answers included', countNumber, 200)
    .addOption(
      new Option('--engine <name>', 'who runs the model; WISECRACK_ENGINE when left out').choices(['native', 'remote']),
    )
    .addOption(deviceOption())
    .addOption(new Option('--language <code>', 'as it is in a chat of this language').choices(['en', 'zh']))
    .option('--mood <name>', 'one of its moods')
    .option('--show', 'print the chat before the figures')
    .option('--json', 'print the figures as one JSON object')
    .addHelpText(
      'after',
      examples('wisecrack persona eval guide', 'wisecrack persona eval my-bot.yaml --engine remote'),
    )
    .action(async (name, options) => (await import('../commands/persona/eval.ts')).evalPersona(name, options));
}
