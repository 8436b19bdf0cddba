/**
 * `pnpm bench`: gw beside b, a hand-written server that answers the same bytes from the same database; with other
 * software that offers a database as an API, and with what HTTP and the database do alone. docs/performance.md says
 * how to read it.
 */
import { CHECK_STEPS, check, record } from './gate/check.ts'
import { findGenerator } from './load/closed.ts'
import { readOptions } from './options.ts'
import { CEILING_STEPS, measureCeiling } from './parts/ceiling.ts'
import { measureDatabase, stepsOf } from './parts/databases.ts'
import { measurePeers } from './parts/peers.ts'
import type { Session } from './parts/session.ts'
import { createProgress } from './progress.ts'
import { writePage } from './report/page.ts'
import { circumstancesOf, keep, kept, type Results } from './report/results.ts'
import { SOURCE } from './systems/gateway.ts'
import { installPackages } from './systems/packages.ts'

const args = process.argv.slice(2)
const options = readOptions(args)
const progress = createProgress()
const code = options.source ? SOURCE : await installPackages(progress.say)
const generator = await findGenerator()
const session: Session = {
  options,
  code,
  generate: generator.generate,
  progress,
  circumstances: circumstancesOf({
    command: ['pnpm bench', ...args].join(' '),
    generator: generator.name,
    code: code.label,
    runs: options.runs,
    seconds: options.seconds,
  }),
}

const measure = async (): Promise<void> => {
  const { parts, databases, workloads } = options
  if (parts.includes('databases')) progress.expect(stepsOf(options) * databases.length)
  if (parts.includes('ceiling')) progress.expect(CEILING_STEPS)
  if (parts.includes('peers')) progress.expect(workloads.length)
  let measured: Results = {}
  const take = <P extends keyof Results>(part: P, results: NonNullable<Results[P]>) => {
    keep(part, results)
    measured = { ...measured, [part]: results }
    // After each part: what has been measured is kept, whatever happens to the next one.
    if (options.report) writePage(measured, kept())
  }
  if (parts.includes('databases')) {
    for (const name of databases) take(name, await measureDatabase(session, name))
  }
  if (parts.includes('ceiling')) take('ceiling', await measureCeiling(session))
  if (parts.includes('peers')) take('peers', await measurePeers(session))
  progress.say(options.report ? 'Written to docs/performance.md.' : 'Kept in bench/results.')
}

if (options.check) {
  progress.expect(CHECK_STEPS)
  if (options.record) await record(session)
  else process.exitCode = (await check(session)) ? 0 : 1
} else {
  await measure()
}
