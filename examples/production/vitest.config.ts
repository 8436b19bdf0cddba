import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { globalSetup: ['setup', 'redis'].map((name) => `../../scripts/backends/vitest-${name}.ts`) },
})
