import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Most tests wait for others more than they compute; on two cores, more than this make each other slow.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'all else', include: ['test/**/*.test.ts'], exclude: ['test/admin/**'] } },
      // Loading the server, and starting a browser, takes longer than most of these tests: files share both.
      { extends: true, test: { name: 'dashboard', include: ['test/admin/**/*.test.ts'], isolate: false } },
    ],
  },
});
