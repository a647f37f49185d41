import { type Command, Option } from 'commander';

/** `--device`, for every command that opens an engine; it wins over WISECRACK_DEVICE. */
export const deviceOption = () =>
  new Option('--device <name>', 'where to compute; WISECRACK_DEVICE when left out').choices(['auto', 'cuda', 'cpu']);

/** Before the configuration is read, which says what else a device needs. */
export function obeyDeviceOption(program: Command): void {
  program.hook('preAction', (_, command) => {
    const { device } = command.opts<{ device?: string }>();
    if (device !== undefined) process.env.WISECRACK_DEVICE = device;
  });
}
