import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { globalSetup: ['../../../scripts/backends/vitest-mariadb.ts'] } })
