/** The command line: what there is to say. Which file does it stands in program/; each is loaded when it is asked for. */
import { Command } from 'commander';
import { addDev } from './program/dev.ts';
import { obeyDeviceOption } from './program/device.ts';
import { examples } from './program/examples.ts';
import { addModels } from './program/model.ts';
import { addPersonas } from './program/persona.ts';
import { addTalk } from './program/talk.ts';
import { version } from './version.ts';

const program = new Command('wisecrack')
  .description('A witty, self-hosted Grok-1 that answers in chats')
  .version(version())
  .showHelpAfterError('Try "wisecrack --help".')
  .addHelpText('after', examples('wisecrack start', 'wisecrack ask "Why is the sky blue?"', 'wisecrack doctor'));

addTalk(program);
addPersonas(program);
addModels(program);
addDev(program);
obeyDeviceOption(program);

await program.parseAsync();
