/** Sends requests at a constant rate. Reads an `OpenOrder` from standard input, writes an `OpenSample`. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { type Connection, encodeRequest, openConnection } from './connection.ts'
import type { OpenOrder, OpenSample } from './open.ts'

const order = JSON.parse(await text(process.stdin)) as OpenOrder
const { rate, seconds } = order
const url = new URL(order.url)
const requests = order.requests.map((request) => encodeRequest(url, request, order.headers))
const idle = await Promise.all(Array.from({ length: order.connections }, () => openConnection(url)))
const connections = [...idle]

const latency = createHistogram()
const good = createHistogram()
const lag = createHistogram()
/** Whole microseconds, at least one. */
const record = (histogram: RecordableHistogram, milliseconds: number): void =>
  histogram.record(Math.max(1, Math.round(milliseconds * 1000)))

/** Starts every request that is due on whatever connection is free; each answer and each tick of the timer comes by. */
const run = (): Promise<OpenSample> =>
  new Promise((resolve) => {
    const total = Math.max(1, Math.round(rate * seconds))
    let failures = 0
    let begun = 0
    let ended = 0
    const started = performance.now()
    /** ms from the start; requests are spread evenly. */
    const due = (index: number) => (index * 1000) / rate
    const begin = () => {
      const now = performance.now() - started
      // Those that wait for a connection wait for the system: their time has begun all the same.
      for (; begun < total && due(begun) <= now && idle.length > 0; begun += 1) send(begun, idle.pop()!)
    }
    const send = (index: number, connection: Connection) => {
      connection.send(requests[index % requests.length]!, (status) => {
        const took = performance.now() - started - due(index)
        record(latency, took)
        if (status >= 200 && status <= 299) record(good, took)
        idle.push(connection)
        ended += 1
        if (status < 200 || status > 299) failures += 1
        if (ended < total) return begin()
        clearInterval(timer)
        const [p50, p99] = [50, 99].map((part) => latency.percentile(part) / 1000) as [number, number]
        resolve({
          requests: ended,
          p50,
          p99,
          lag: lag.percentile(99) / 1000,
          failures,
          goodP99: good.count === 0 ? 0 : good.percentile(99) / 1000,
        })
      })
    }
    let ticked = started
    const timer = setInterval(() => {
      const now = performance.now()
      record(lag, now - ticked)
      ticked = now
      begin()
    }, 1)
    begin()
  })

/** The route is warm before the clock starts. */
await Promise.all(connections.map((connection) => new Promise((resolve) => connection.send(requests[0]!, resolve))))
process.stdout.write(JSON.stringify(await run()))
for (const connection of connections) connection.close()
