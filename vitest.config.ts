import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is polled for may take as long as anything else on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    // Most tests wait for others more than they compute; on two cores, more than this make each other slow.
    maxWorkers: 3,
    // Files share what they import, and a browser: to load it anew for each took a third of the whole. So no file may change what others see.
    isolate: false,
  },
});
