/** By itself, as in a gateway: code that has been used with other clocks is compiled for any. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createActivity } from '../src/telemetry/index.ts'

const rows = { path: '/_table/{table_name}' } as const

test('a call that is counted makes nothing that the collector has to look at', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { record } = createActivity({ known: () => true })
  // The slowest first, so that none of the others is among them.
  for (let at = 0; at < 20_000; at++) record('db', rows, 'GET', 200, 20_000 - at)
  const CALLS = 100_000
  const grown = () => {
    collect()
    const before = process.memoryUsage().heapUsed
    for (let at = 0; at < CALLS; at++) record('db', rows, 'GET', at % 7 === 0 ? 404 : 200, 1.5)
    return (process.memoryUsage().heapUsed - before) / CALLS
  }
  // What else goes on in this process may show up once, but not each time.
  expect(Math.min(grown(), grown(), grown())).toBeLessThan(8)
})
