import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { CALLS, type Call, DIFFERENCES } from './chinook/calls/index.ts'
import { type RunningGateway, startGateway } from './chinook/gateway.ts'
import './fixtures/backends.ts'
import { keysToSnake, toCamel, toSnake } from './chinook/names.ts'

const DATA = resolve(import.meta.dirname, '../../../../shared/data/chinook')
const SQLITE = join(DATA, 'Chinook_Sqlite_AutoIncrementPKs.sqlite')
const POSTGRES = join(DATA, 'Chinook_PostgreSql_SerialPKs.sql')
const DATABASE = `chinook_${process.pid}`

const server = inject('postgres')
const missing = !existsSync(SQLITE)
  ? 'the Chinook data is not beside this repository (../shared/data/chinook)'
  : server === undefined
    ? (inject('postgresMissing') ?? 'there is no PostgreSQL to test against')
    : undefined

/** The script as it is, without what only its own client program understands. */
const script = (): string =>
  readFileSync(POSTGRES, 'utf8')
    .replace(/^\\c .*$/gm, '')
    .replace(/^(DROP|CREATE) DATABASE .*$/gm, '')

const connect = async <T>(database: string, use: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ ...server, database })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

test.runIf(missing !== undefined)('where Chinook parity is not tested, the reason is given', ({ skip }) => {
  expect(process.env.CI && server === undefined, 'on CI there has to be a PostgreSQL').toBeFalsy()
  skip(missing)
})

describe.skipIf(missing !== undefined)('Chinook on SQLite and on PostgreSQL', () => {
  let folder: string
  let gateway: RunningGateway
  const sqlite = (file: string) => ({ type: 'sqlite', config: { database: file } })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gw-chinook-'))
    for (const name of ['first.sqlite', 'lite.sqlite']) copyFileSync(SQLITE, join(folder, name))
    await connect(server!.database, (client) => client.query(`create database ${DATABASE}`))
    await connect(DATABASE, (client) => client.query(script()))
    gateway = await startGateway(folder, { first: sqlite('first.sqlite') })
  }, 120_000)

  afterAll(async () => {
    await gateway?.stop()
    if (server)
      await connect(server.database, (client) => client.query(`drop database if exists ${DATABASE} with (force)`))
    if (folder) rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  test('both are added to the running gateway by editing gw.config.json, and no request fails meanwhile', {
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
    const { host, port, user, password } = server!
    const first = { first: sqlite('first.sqlite') }
    const lite = { ...first, lite: sqlite('lite.sqlite') }
    gateway.configure(lite)
    await gateway.serving('lite')
    gateway.configure({
      ...lite,
      pg: { type: 'pgsql', config: { host, port, database: DATABASE, username: user, password } },
    })
    await gateway.serving('pg')
    running = false
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(10)
    expect(gateway.alive()).toBe(true)
  })

  const title = ({ method = 'GET', path, query }: Call, index: number) =>
    `${index + 1}. ${method} ${path} ${new URLSearchParams(query as never)}`

  test.each(CALLS.map((call, index) => [title(call, index), call] as const))('%s', async (_title, call) => {
    const { path, body, query = {}, status = 200, differs } = call
    const method = call.method ?? 'GET'
    const lite = await gateway.ask('lite', path, { method, body, query })
    const snakeQuery = Object.fromEntries(
      Object.entries(query).map(([name, value]) => [toSnake(name), typeof value === 'string' ? toSnake(value) : value]),
    )
    const pg = await gateway.ask('pg', toSnake(path), { method, body: keysToSnake(body), query: snakeQuery })
    expect(lite.status, JSON.stringify(lite.body)).toBe(status)
    expect(pg.status, JSON.stringify(pg.body)).toBe(status)
    const level = differs === undefined ? (answer: unknown) => answer : DIFFERENCES[differs].level
    const listing = path === '_table'
    expect(level(toCamel(pg.body, listing))).toEqual(level(toCamel(lite.body, listing)))
  })

  test('the list is long enough to mean something', () => {
    expect(CALLS.length).toBeGreaterThanOrEqual(110)
    expect(CALLS.filter(({ method }) => method !== undefined).length).toBeGreaterThanOrEqual(15)
  })
})
