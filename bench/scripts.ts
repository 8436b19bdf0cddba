/**
 * `pnpm bench:scripts`: what a warm script adds to a call of an endpoint that does nothing, in each language, and what
 * callers of that endpoint notice while a script of someone else misbehaves: one row for each language and each way to.
 * Calls of the kinds that are compared take turns, so that a busy machine is slow for all of them; beside each hostile
 * script, rounds with it and without it take turns. `--calls` says how many of each, `--only loops,memory` which;
 * `--no-report` leaves docs/performance.md as it is, and so does `--only`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { snippets as javascript } from '../packages/connectors/script-node/test/snippets.ts'
import { snippets as php } from '../packages/connectors/script-php/test/snippets.ts'
import { snippets as python } from '../packages/connectors/script-python/test/snippets.ts'
import { replaceSection } from './report/page.ts'
import { quantile } from './statistics.ts'
import { startWith } from './systems/gateway.ts'
import type { System } from './systems/process.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '500' },
    only: { type: 'string' },
    'no-report': { type: 'boolean', default: false },
  },
})
const calls = Number(values.calls)

const SCRIPTS = {
  nodejs: 'return { hello: event.request.parameters.name }',
  python: "return {'hello': event.request.parameters.name}",
  php: "return ['hello' => $event['request']['parameters']['name']];",
} as const
const SNIPPETS = { nodejs: javascript, python, php } as const

/** What hostile scripts do, and how their own calls end: stopped and named, or with nothing gained. */
const HOSTILE = {
  loops: { name: 'loops without end', status: 504, config: { timeout: 1 } },
  forks: { name: 'forks', status: [500, 504, 507], config: { timeout: 1 } },
  memory: { name: 'eats memory', status: 507, config: { timeout: 60, memory_mb: 64 } },
  reads: { name: 'opens files', status: 500, config: {}, query: 'file=/etc/passwd' },
  connects: { name: 'opens sockets', status: 500, config: {}, query: 'port=9' },
  fakes: { name: 'prints a fake result', status: 200, config: {} },
  exits: { name: 'exits', status: 500, config: {} },
  environment: { name: 'reads the environment', status: 200, config: {} },
} as const
type Way = keyof typeof HOSTILE
type Language = keyof typeof SNIPPETS

const only = values.only?.split(',')
const ways = (Object.keys(HOSTILE) as Way[]).filter((way) => only?.includes(way) ?? true)
const cases = (Object.keys(SNIPPETS) as Language[]).flatMap((language) => ways.map((way) => ({ language, way })))
const serviceOf = ({ language, way }: (typeof cases)[number]): string => `${way}_${language}`

const services = {
  ...Object.fromEntries(Object.entries(SCRIPTS).map(([type, content]) => [type, { type, config: { content } }])),
  ...Object.fromEntries(
    cases.map((one) => {
      const config = { content: SNIPPETS[one.language][one.way], max_concurrency: 2, ...HOSTILE[one.way].config }
      return [serviceOf(one), { type: one.language, config }]
    }),
  ),
}

/** Nothing but the gateway: what can be granted is answered without the script. */
const BARE = '/api/v2/nodejs?as_access_list=true'
const scripted = (name: string): string => `/api/v2/${name}?name=bench`

const start = (): Promise<System> =>
  startWith({
    name: 'scripts',
    connectors: ['@gw/script-node', '@gw/script-python', '@gw/script-php'],
    services,
    components: ['', '*'],
    probe: BARE,
  })

/** ms of one call. @throws where it does not answer as it should */
const timed = async ({ url, headers }: System, path: string, ...statuses: readonly number[]): Promise<number> => {
  const begin = performance.now()
  const response = await fetch(new URL(path, url), { headers: { ...headers } })
  const text = await response.text()
  const expected = statuses.length > 0 ? statuses : [200]
  if (!expected.includes(response.status)) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`)
  return performance.now() - begin
}

const row = (name: string, times: readonly number[], bare: readonly number[]): string => {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
  return `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${(p50 - quantile(bare, 0.5)).toFixed(2)} |`
}

/** Calls a hostile script until told otherwise, two at a time; each of them ends as it should. */
const misbehave = (system: System, one: (typeof cases)[number]): (() => Promise<unknown>) => {
  const { status, ...more } = HOSTILE[one.way]
  const path = `/api/v2/${serviceOf(one)}?${'query' in more ? more.query : ''}`
  let going = true
  const loop = async () => {
    while (going) await timed(system, path, ...[status].flat())
  }
  const all = Promise.all([loop(), loop()])
  // A failure is told by `await end()`, and not before.
  all.catch(() => {})
  return () => {
    going = false
    return all
  }
}

/** Waits for the service, whose worker starts with the gateway as those of all others do. */
const begun = async ({ url, headers }: System, one: (typeof cases)[number]): Promise<void> => {
  for (let times = 0; times < 600; times++) {
    const response = await fetch(new URL(`/api/v2/${serviceOf(one)}?as_access_list=true`, url), {
      headers: { ...headers },
    })
    await response.text()
    if (response.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The service ${serviceOf(one)} has not started`)
}

/** Rounds with and without it. */
const ROUNDS = 5

const besideOf = async (system: System, one: (typeof cases)[number]) => {
  const [alone, beside]: [number[], number[]] = [[], []]
  await begun(system, one)
  const measure = async (into: number[]) => {
    for (let call = 0; call < calls / ROUNDS; call++) into.push(await timed(system, BARE))
  }
  for (let round = 0; round < ROUNDS; round++) {
    await measure(alone)
    const end = misbehave(system, one)
    await measure(beside)
    await end()
  }
  const [without, besides] = [quantile(alone, 0.99), quantile(beside, 0.99)]
  const cells = [
    HOSTILE[one.way].name,
    one.language,
    without.toFixed(2),
    besides.toFixed(2),
    (besides / without).toFixed(2),
  ]
  return `| ${cells.join(' | ')} |`
}

const told: string[] = []
const tell = (line: string): void => {
  told.push(line)
  console.log(line)
}

const system = await start()
try {
  const kinds: Readonly<Record<string, string>> = {
    'no script': BARE,
    ...Object.fromEntries(Object.keys(SCRIPTS).map((name) => [name, scripted(name)])),
  }
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]))
  for (const path of Object.values(kinds)) for (let call = 0; call < 50; call++) await timed(system, path)
  for (let call = 0; call < calls; call++)
    for (const [name, path] of Object.entries(kinds)) times[name]!.push(await timed(system, path))
  tell('| | p50 ms | p99 ms | p50 above no script, ms |')
  tell('|---|--:|--:|--:|')
  for (const [name, taken] of Object.entries(times)) tell(row(name, taken, times['no script']!))
  tell('\nCalls of others, without a script, while a hostile one runs, in rounds that take turns:\n')
  tell('| the script | in | p99 ms without | p99 ms beside it | ratio |')
  tell('|---|---|--:|--:|--:|')
  for (const one of cases) tell(await besideOf(system, one))
} finally {
  await system.stop()
}
if (!values['no-report'] && !only) {
  const page = join(dirname(import.meta.dirname), 'docs/performance.md')
  const command = ['pnpm bench:scripts', ...process.argv.slice(2)].join(' ')
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'scripts', [`\`${command}\`\n`, ...told].join('\n')))
}
