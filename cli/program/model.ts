import { type Command, Option } from 'commander';
import { deviceOption } from './device.ts';
import { examples } from './examples.ts';
import { countNumber, threadNumber, wholeNumber, windowNumber } from './numbers.ts';

/** Models: what they need, how fast they are, whether they are right. */
export function addModels(program: Command): void {
  program
    .command('bench')
    .description('measure, beside what this machine allows')
    .argument('[name]', 'what to measure; without it, what there is is listed')
    .option('--config <folder or shape>', 'engine: the model to measure; the shape "scaled" is made on the spot (5 GB)')
    .addOption(
      new Option('--dtype <type>', 'engine: only these weights of a shape; without it, both').choices(['bf16', 'int8']),
    )
    .option(
      '--threads <number>',
      'engine: only with so many; without it, with the usual number and with one',
      threadNumber,
    )
    .option('--only <parts>', 'engine: some of decode,prefill,cost,busy,chats,memory')
    .addOption(deviceOption())
    .option('--seconds <number>', 'how long a load lasts', wholeNumber)
    .option('--json', 'print one JSON object a line: name, value, unit, limit, ratio, bar, holds')
    .addHelpText(
      'after',
      examples(
        'wisecrack bench',
        'wisecrack bench queue',
        'wisecrack bench engine --config scaled',
        'wisecrack bench engine --config scaled --dtype int8 --threads 1 --only decode,prefill',
        'wisecrack bench soak --seconds 600',
      ),
    )
    .action(async (name, options) => (await import('../commands/bench.ts')).bench(name, options));

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
      examples(
        'wisecrack plan',
        'wisecrack plan --gpus 8xH200 --chats 64',
        'wisecrack plan --this-machine --dtype int8',
      ),
    )
    .action(async (options) => (await import('../commands/plan.ts')).plan(options));

  program
    .command('verify')
    .description('compare the engine with golden vectors, or files with their checksums; exit code 1 when they differ')
    .argument('<folder>', 'holds golden vectors, or folders of them; with --checksums a converted model')
    .addOption(
      new Option('--checksums', 'read all files that convert has written, and name those that are damaged').conflicts([
        'device',
        'activations',
        'shards',
      ]),
    )
    .addOption(deviceOption())
    .addOption(new Option('--activations <type>', 'the arithmetic to check').choices(['f32', 'bf16']).default('f32'))
    .addOption(
      new Option('--shards <number>', 'devices that share each model').choices(['1', '2', '4', '8']).default('1'),
    )
    .addHelpText(
      'after',
      examples(
        'wisecrack verify test/golden',
        'wisecrack verify test/golden --activations bf16',
        'wisecrack verify grok-1-int8 --checksums',
      ),
    )
    .action(async (folder, options) => (await import('../commands/verify.ts')).verify(folder, options));

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
    .action(async (source, target, options) =>
      (await import('../commands/convert.ts')).convert(source, target, options),
    );

  program
    .command('rehearse')
    .description(
      'try a model of true shape with random weights: write it as released, convert it, run it, compare it; needs much room',
    )
    .option('--layers <number>', 'of the 64 that Grok-1 has; each takes 5 GB twice', wholeNumber, 1)
    .addOption(new Option('--dtype <type>', 'what to convert it to').choices(['bf16', 'int8']).default('int8'))
    .addOption(deviceOption())
    .addHelpText('after', examples('wisecrack rehearse', 'wisecrack rehearse --layers 2 --dtype bf16'))
    .action(async (options) => (await import('../commands/rehearse.ts')).rehearse(options));
}
