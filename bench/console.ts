/**
 * `pnpm bench:console`: how long the console takes until it can be used, in Chromium, beside an empty page in the same
 * rounds, and how many bytes it fetches until then. First visits have nothing kept; returns have what the browser
 * keeps of scripts and styles. `--rounds` says how often; the pages take turns, so that a busy machine is slow for all.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { launch, signedIn } from '../packages/console/test/browser.ts'
import build from '../packages/console/test/built.ts'
import { apiOf, setUp, startGateway } from '../packages/console/test/gateway.ts'
import { firstLoadOf, type Load, loadOf } from './console/measure.ts'
import { median, spread } from './statistics.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const rounds = Number(values.rounds)

/** Goals of the page that is opened first: milliseconds, and bytes of compressed script. */
const GOAL = { interactive: 1_000, script: 300_000 } as const
/** As many services as a gateway of some size has. */
const SERVICES = 12

/** What a page costs that has nothing to do. */
const startEmpty = async () => {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' })
    answer.end('<!doctype html><title>empty</title><p id="there">Here.</p>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop: () => server.close() }
}

const report = (name: string, loads: readonly Load[], empty: readonly Load[]): void => {
  const times = loads.map(({ interactive }) => interactive)
  const [least, most] = spread(times)
  const beside = median(empty.map(({ interactive }) => interactive))
  const [{ script, all, requests }] = loads as [Load]
  const kilo = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`
  console.log(
    `${name.padEnd(34)} ${median(times).toFixed(0).padStart(5)} ms (${least.toFixed(0)}–${most.toFixed(0)}; empty ${beside.toFixed(0)})` +
      `  ${kilo(script).padStart(7)} of script, ${kilo(all)} in ${requests} requests`,
  )
}

await build()
const gateway = await startGateway()
const browser = await launch()
const empty = await startEmpty()
try {
  await setUp(gateway)
  const api = await apiOf(gateway)
  const resource = Array.from({ length: SERVICES }, (_, at) => ({
    name: `service_${at}`,
    type: 'sqlite',
    is_active: true,
    config: { database: ':memory:' },
  }))
  await api('POST', 'system/service', { resource })
  const context = await signedIn(browser, gateway)
  const state = await context.storageState()
  const signIn = [`${gateway.url}/console/sign-in`, 'input[type="password"]'] as const
  const services = [`${gateway.url}/console/services`, 'tr[data-row]'] as const
  const nobody = await browser.newContext()

  const kinds: Readonly<Record<string, () => Promise<Load>>> = {
    empty: () => firstLoadOf(browser, undefined, empty.url, '#there'),
    'sign-in, first visit': () => firstLoadOf(browser, undefined, ...signIn),
    'services, signed in, first visit': () => firstLoadOf(browser, state, ...services),
    'sign-in, again': () => loadOf(nobody, ...signIn),
    'services, signed in, again': () => loadOf(context, ...services),
  }
  // Nobody looks at the first of each: programs are read from disk, and pages kept for those who come again.
  for (const load of Object.values(kinds)) await load()
  const loads = new Map<string, Load[]>(Object.keys(kinds).map((kind) => [kind, []]))
  for (let round = 0; round < rounds; round++)
    for (const [kind, load] of Object.entries(kinds)) loads.get(kind)!.push(await load())
  for (const [kind, all] of loads) report(kind, all, loads.get('empty')!)
  const first = loads.get('sign-in, first visit')!
  const time = median(first.map(({ interactive }) => interactive))
  const met = time <= GOAL.interactive && first[0]!.script <= GOAL.script
  console.log(
    `The goal of a first visit, ${GOAL.interactive} ms and ${GOAL.script / 1000} kB of script, is ${met ? '' : 'not '}met.`,
  )
} finally {
  empty.stop()
  await browser.close()
  await gateway[Symbol.asyncDispose]()
}
