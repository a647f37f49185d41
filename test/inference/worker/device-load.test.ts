import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { watchDevice } from '../../../inference/worker/device-load.ts';
import { fakeStats } from '../engine/fakes.ts';

describe('the load of a device', () => {
  it('is the part of the time that the forward pass took since the last look', () => {
    const [clock, stats] = [{ ms: 1000 }, { ...fakeStats(), forwardMs: 5000 }];
    const look = watchDevice({ device: 'cpu', stats: () => ({ ...stats }) }, () => clock.ms);
    clock.ms += 1000;
    stats.forwardMs += 250;
    expect(look()).toMatchObject({ utilisation: 0.25 });
    clock.ms += 1000;
    expect(look()).toMatchObject({ utilisation: 0 });
    // A step that began before the last look counts as a whole when it is over.
    stats.forwardMs += 9000;
    clock.ms += 1000;
    expect(look()).toMatchObject({ utilisation: 1 });
  });

  it('has the memory of the cards, else of this machine', () => {
    const cards = { ...fakeStats(), deviceBytes: 100, deviceBytesUsed: 60 };
    expect(watchDevice({ device: 'cuda', stats: () => cards })()).toMatchObject({
      deviceBytes: 100,
      deviceBytesUsed: 60,
    });
    const { deviceBytes, deviceBytesUsed } = watchDevice({ device: 'cpu', stats: fakeStats })();
    expect(deviceBytes).toBeGreaterThan(0);
    expect(deviceBytes).toBeLessThanOrEqual(totalmem());
    expect(deviceBytesUsed).toBeGreaterThan(0);
    expect(deviceBytesUsed).toBeLessThan(deviceBytes ?? 0);
  });

  it('is unknown where a server somewhere else computes', () => {
    expect(watchDevice({ stats: fakeStats })()).toEqual({});
  });
});
