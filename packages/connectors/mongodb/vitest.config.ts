import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { globalSetup: ['../../../scripts/backends/vitest-mongodb.ts', '../../../scripts/backends/vitest-jongodb.ts'] },
})
