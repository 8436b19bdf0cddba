import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['../scripts/backends/vitest-setup.ts', '../scripts/backends/vitest-mariadb.ts'],
    // They only end what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
