/**
 * `pnpm stress`: the long forms of tests that `pnpm test` runs in a short form, against the same real databases.
 * Results worth keeping are recorded in docs/stress.md.
 */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)

interface Stress {
  readonly label: string
  /** A part of the test's name. */
  readonly test: string
  readonly projects: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const STRESSES: readonly Stress[] = [
  {
    label: 'Hostile requests of seven kinds, 110,000 of each on each database, and 10,000 hostile definitions',
    test: 'hostile',
    projects: ['@gw/sqlite', '@gw/postgres', '@gw/mysql'],
    env: { GW_HOSTILE_CALLS: process.env.GW_HOSTILE_CALLS ?? '110000' },
  },
]

const run = ({ label, test, projects, env }: Stress): boolean => {
  console.log(`\n${label}`)
  const args = [...projects.flatMap((project) => ['--project', project]), 'conformance', '-t', test]
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', ...args, '--testTimeout', '3600000', '--reporter', 'dot'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } },
  )
  return status === 0
}

/** Against gateways in processes of their own, because their memory is measured: bench/millions. */
const runMillions = (): boolean => {
  console.log('\nA million records, out and in, and clients that leave')
  const { status } = spawnSync(process.execPath, [join(root, 'bench/millions/run.ts')], { cwd: root, stdio: 'inherit' })
  return status === 0
}

process.exitCode = [...STRESSES.map(run), runMillions()].every(Boolean) ? 0 : 1
