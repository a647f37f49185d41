import { WisecrackError } from '../../../errors.ts';
import type { Addon, Device } from '../addon.ts';
import { loadAddon } from './load.ts';

/**
 * Says at once, before a model is made or read for it, that there is no card to compute on.
 * @throws WisecrackError WISECRACK_DEVICE_MISSING
 */
export function checkDevice(device: Device, addon: Addon = loadAddon()): void {
  const { available, reason } = addon.features().cuda;
  if (device === 'cuda' && !available) throw new WisecrackError('WISECRACK_DEVICE_MISSING', { device, reason });
}
