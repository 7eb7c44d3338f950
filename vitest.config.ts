import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/**/*.test.ts',
      'e2e/**/*.test.ts',
    ],
    setupFiles: ['testing/peer-path.ts'],
    testTimeout: 240_000,
    // Most tests wait for programs of others now and then: all cores have work.
    maxWorkers: '100%',
  },
})
