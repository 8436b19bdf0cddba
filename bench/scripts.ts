/**
 * `pnpm bench:scripts`: what a warm script adds to a call of an endpoint that does nothing, in each language, and what
 * callers of that endpoint notice while scripts of others run without end and take all memory. Calls of the kinds that
 * are compared take turns, so that a busy machine is slow for all of them.
 */
import { parseArgs } from 'node:util'
import { quantile } from './statistics.ts'
import { startWith } from './systems/gateway.ts'
import type { System } from './systems/process.ts'

const { values } = parseArgs({ options: { calls: { type: 'string', default: '500' } } })
const calls = Number(values.calls)

const SCRIPTS = {
  nodejs: 'return { hello: event.request.parameters.name }',
  python: "return {'hello': event.request.parameters.name}",
  php: "return ['hello' => $event['request']['parameters']['name']];",
} as const
const HOSTILE = {
  endless: { content: 'for (;;);', timeout: 1 },
  greedy: { content: 'const all = []\nfor (;;) all.push(new Array(100000).fill(0))', timeout: 60 },
} as const

const services = {
  ...Object.fromEntries(Object.entries(SCRIPTS).map(([type, content]) => [type, { type, config: { content } }])),
  ...Object.fromEntries(
    Object.entries(HOSTILE).map(([name, config]) => [
      name,
      { type: 'nodejs', config: { ...config, max_concurrency: 2 } },
    ]),
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
const timed = async ({ url, headers }: System, path: string, status = 200): Promise<number> => {
  const begin = performance.now()
  const response = await fetch(new URL(path, url), { headers: { ...headers } })
  const text = await response.text()
  if (response.status !== status) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`)
  return performance.now() - begin
}

const row = (name: string, times: readonly number[], bare: readonly number[]): string => {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
  return `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${(p50 - quantile(bare, 0.5)).toFixed(2)} |`
}

/** Calls hostile scripts until told otherwise; each of them ends as it should. */
const misbehave = (system: System): (() => Promise<unknown>) => {
  let going = true
  const loop = async (path: string, status: number) => {
    while (going) await timed(system, path, status)
  }
  const all = [loop('/api/v2/endless', 504), loop('/api/v2/endless', 504), loop('/api/v2/greedy', 507)]
  return () => {
    going = false
    return Promise.all(all)
  }
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
  const beside: number[] = []
  const end = misbehave(system)
  for (let call = 0; call < calls; call++) beside.push(await timed(system, BARE))
  await end()
  console.log('| | p50 ms | p99 ms | p50 above no script, ms |')
  console.log('|---|--:|--:|--:|')
  for (const [name, taken] of Object.entries(times)) console.log(row(name, taken, times['no script']!))
  console.log(row('no script, beside hostile ones', beside, times['no script']!))
} finally {
  await system.stop()
}
