/**
 * `pnpm bench:quarantine`: what the callers of one service notice of another one that does everything wrong, and what
 * the operator reads of it. Alone and beside it by turns, in one run.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { CASES } from './quarantine/cases.ts'
import { measureCase, startWrong } from './quarantine/measure.ts'
import { quarantineText } from './quarantine/report.ts'
import { replaceSection } from './report/page.ts'

/** On what, and when. */
const circumstances = (command: string): string => {
  const [cpu] = cpus()
  const day = new Date().toISOString().slice(0, 10)
  return `\`${command}\` on ${day}: ${cpus().length} × ${cpu?.model.trim()}, Node ${process.versions.node}; load and gateway share the machine, whose load average was ${loadavg()[0]!.toFixed(0)}.`
}

const { values: options } = parseArgs({
  options: {
    /** Of each half of each case. */
    seconds: { type: 'string', default: '1' },
    /** Leave docs/reference/quarantine.md as it is. */
    'no-report': { type: 'boolean', default: false },
  },
})

const began = performance.now()
const measured = []
for (const one of CASES) {
  // A gateway of its own for each: what one leaves behind is not charged to the next.
  const gateway = await startWrong(one)
  try {
    const outcome = await measureCase(gateway, one, Number(options.seconds))
    measured.push(outcome)
    console.log(`${one.label}: ${outcome.ratio.toFixed(2)} of the p99 alone; callers hear ${outcome.heard}`)
  } finally {
    await gateway.stop()
  }
}
const text = quarantineText(measured)
console.log(text)
console.log(`${Math.round((performance.now() - began) / 1_000)} s`)

const results = join(import.meta.dirname, 'results')
mkdirSync(results, { recursive: true })
writeFileSync(join(results, 'quarantine.json'), JSON.stringify(measured, null, 2))
if (!options['no-report']) {
  const page = join(dirname(import.meta.dirname), 'docs/reference/quarantine.md')
  const command = ['pnpm bench:quarantine', ...process.argv.slice(2)].join(' ')
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'quarantine', `${circumstances(command)}\n\n${text}`))
}
