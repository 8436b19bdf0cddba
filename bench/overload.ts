/**
 * `pnpm bench:overload`: what a service still answers when it is asked 1, 2 and 4 times as much as it can, and what
 * another one notices of a source that hangs. Requests begin at a constant rate, whether those before were answered or
 * not.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateOpen, type OpenSample } from './load/open.ts'
import { path, startOverloaded, WORK } from './overload/gateway.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } })
const seconds = Number(values.seconds)
const RESULTS = join(import.meta.dirname, 'results')
/** More than can wait: callers that come while others wait. */
const CONNECTIONS = 600
/** Requests a second to the service that is watched, and to the one that hangs. */
const [WATCHED, STUCK] = [20, 50]
/** What the pool can do at most. */
const SATURATION = WORK.connections / WORK.seconds

const line = (name: string, rate: number, { requests, failures, goodP99, p50 }: OpenSample): string =>
  [
    name,
    rate,
    Math.round((requests - failures) / seconds),
    Math.round(failures / seconds),
    p50.toFixed(0),
    goodP99.toFixed(0),
  ].join(' | ')

const gateway = await startOverloaded()
const measured: Record<string, OpenSample> = {}
try {
  const ask = (service: string, rate: number, connections = CONNECTIONS) =>
    generateOpen(gateway.system, [{ method: 'GET', path: path(service) }], { rate, seconds, connections })
  console.log('| asked | a second | answered a second | refused a second | p50 ms of all | p99 ms of answers |')
  console.log('|---|--:|--:|--:|--:|--:|')
  for (const times of [1, 2, 4]) {
    const sample = await ask('slow', SATURATION * times)
    measured[`slow ${times}x`] = sample
    console.log(`| ${line(`${times} times what it can`, SATURATION * times, sample)} |`)
  }
  measured['quick alone'] = await ask('quick', WATCHED, 20)
  console.log(`| ${line('another service', WATCHED, measured['quick alone'])} |`)
  await gateway.hang()
  const stuck = ask('stuck', STUCK)
  measured['quick beside one that hangs'] = await ask('quick', WATCHED, 20)
  console.log(`| ${line('beside one that hangs', WATCHED, measured['quick beside one that hangs'])} |`)
  measured['one that hangs'] = await stuck
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, 'overload.json'), JSON.stringify(measured, null, 2))
} finally {
  await gateway.stop()
}
