// The unit and contract suites; e2e and conformance have their own runners (test/run.ts calls all of them).
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    alias: { electron: join(import.meta.dirname, 'test', 'main', 'shell', 'electron-standin.ts') },
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
