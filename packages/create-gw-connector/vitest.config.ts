import { defineConfig } from 'vitest/config'

// The templates' own tests are run by one of ours, with names in the place of placeholders.
export default defineConfig({ test: { include: ['test/**/*.test.ts'] } })
