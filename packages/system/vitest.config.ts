import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['setup', 'mariadb', 'redis'].map((name) => `../../scripts/backends/vitest-${name}.ts`),
    testTimeout: 60_000,
  },
})
