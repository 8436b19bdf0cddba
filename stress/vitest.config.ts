import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['setup', 'mariadb', 'redis'].map((name) => `../scripts/backends/vitest-${name}.ts`),
    // They only end what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
