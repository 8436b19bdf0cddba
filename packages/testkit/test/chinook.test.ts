import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CALLS, type Call, DIFFERENCES } from './chinook/calls/index.ts'
import { DATABASES, NO_DATA, SQLITE } from './chinook/databases.ts'
import { type RunningGateway, startGateway } from './chinook/gateway.ts'

const present = DATABASES.filter(({ missing }) => missing === undefined)

for (const { label, missing } of DATABASES)
  test.runIf(missing !== undefined)(
    `where Chinook parity with ${label} is not tested, the reason is given`,
    ({ skip }) => {
      expect(process.env.CI && missing !== NO_DATA, `on CI there has to be a ${label}`).toBeFalsy()
      skip(missing)
    },
  )

describe.skipIf(present.length === 0)('Chinook on SQLite and on its servers', () => {
  let folder: string
  let gateway: RunningGateway
  const services: Record<string, object> = {}
  const sqlite = (file: string) => ({ type: 'sqlite', config: { database: file } })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gw-chinook-'))
    for (const name of ['first.sqlite', 'lite.sqlite']) copyFileSync(SQLITE, join(folder, name))
    for (const { service, create } of present) services[service] = await create()
    gateway = await startGateway(folder, { first: sqlite('first.sqlite') })
  }, 120_000)

  afterAll(async () => {
    await gateway?.stop()
    for (const { drop } of present) await drop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  test('all are added to the running gateway by editing gw.config.json, and no request fails meanwhile', {
    timeout: 90_000,
  }, async () => {
    await gateway.serving('first')
    let running = true
    const failures: unknown[] = []
    let answered = 0
    const client = async () => {
      while (running) {
        const answer = await gateway
          .ask('first', '_table/Artist', { query: { limit: 3, order: 'ArtistId' } })
          .catch((error) => error)
        if (answer?.status === 200) answered++
        else failures.push(answer)
      }
    }
    const clients = Array.from({ length: 3 }, client)
    let configured: Record<string, object> = { first: sqlite('first.sqlite') }
    for (const [name, service] of Object.entries({ lite: sqlite('lite.sqlite'), ...services })) {
      configured = { ...configured, [name]: service }
      gateway.configure(configured)
      await gateway.serving(name)
    }
    running = false
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(10)
    expect(gateway.alive()).toBe(true)
  })

  const title = ({ method = 'GET', path, query }: Call, index: number) =>
    `${index + 1}. ${method} ${path} ${new URLSearchParams(query as never)}`
  const ask = (service: string, { path, method = 'GET', body, query = {} }: Call) =>
    gateway.ask(service, path, { method, body, query })

  test.each(CALLS.map((call, index) => [title(call, index), call] as const))('%s', async (_title, call) => {
    const { status = 200, differs, path } = call
    const level = differs === undefined ? (answer: unknown) => answer : DIFFERENCES[differs].level
    const lite = await ask('lite', call)
    expect(lite.status, JSON.stringify(lite.body)).toBe(status)
    const expected = level(present[0]!.read(lite.body, call))
    for (const { service, label, spell, read } of present) {
      const answer = await ask(service, spell(call))
      expect(answer.status, `${label}: ${JSON.stringify(answer.body)}`).toBe(status)
      expect(level(read(answer.body, call)), `${label} answers ${path}`).toEqual(expected)
    }
  })

  test('the list is long enough to mean something', () => {
    expect(CALLS.length).toBeGreaterThanOrEqual(180)
    expect(CALLS.filter(({ method }) => method !== undefined).length).toBeGreaterThanOrEqual(50)
  })
})
