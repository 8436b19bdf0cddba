import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import projects from './vitest.workspace.ts'

export default defineConfig({
  test: {
    projects,
    globalSetup: ['./scripts/backends/vitest-setup.ts'],
    // vitest leaves one core idle, which on two doubles the time; most tests wait for servers that are idle then, too.
    maxWorkers: availableParallelism(),
  },
})
