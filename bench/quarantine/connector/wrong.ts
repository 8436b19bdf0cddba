/** A service that does everything wrong that it is asked to. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, defineServiceType, endpoint, type Host, rows } from '@gw/core'
import { nothing } from './schema.ts'

const forever = () => new Promise<never>(() => {})
const cyclic = () => {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}

/** Milliseconds after which a caller has heard the answer, and the next thing can go wrong. */
const SOON = 5

/** What one call of each does. */
const WRONGS: Readonly<Record<string, (host: Host, call: Call) => unknown>> = {
  throws: () => {
    throw new Error('wrong on purpose')
  },
  hangs: forever,
  stray: () =>
    void setTimeout(() => {
      throw new Error('wrong on purpose')
    }, SOON),
  promise: () =>
    void sleep(SOON).then(() => {
      throw new Error('wrong on purpose')
    }),
  cycle: cyclic,
  header: () => rows({ items: [], headers: { 'x-wrong': 'a\r\nset-cookie: b=c' } }),
  status: () => Response.error(),
  endless: () =>
    rows({
      items: (async function* () {
        for (;;) yield { wrong: 'on purpose' }
      })(),
    }),
  empty: () =>
    rows({
      items: (async function* () {
        for (;;) yield undefined as never
      })(),
    }),
  log: (host) => {
    for (let line = 0; line < 500; line++) host.log.error('wrong on purpose', { line })
  },
  exit: () => process.exit(1),
  abort: () => process.abort(),
  loop: () => {
    for (;;);
  },
  leak: async () => {
    const kept: Buffer[] = []
    for (;;) {
      kept.push(Buffer.alloc(8 * 2 ** 20, 1))
      await sleep(SOON)
    }
  },
  events: (host) => {
    for (let event = 0; event < 500; event++) host.emit('catalog.changed', {})
  },
}

export default defineServiceType({
  contract: 1,
  name: 'bench-wrong',
  label: 'Wrong',
  description: 'Wrong on purpose.',
  group: 'Test',
  config: nothing,
  create: (_, host) => ({
    endpoints: Object.entries(WRONGS).map(([name, wrong]) =>
      endpoint({ id: name, method: 'GET', path: `/${name}`, summary: name, handle: (call) => wrong(host, call) }),
    ),
  }),
})
