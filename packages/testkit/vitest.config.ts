import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['setup', 'mariadb', 'mongodb'].map((name) => `../../scripts/backends/vitest-${name}.ts`),
  },
})
