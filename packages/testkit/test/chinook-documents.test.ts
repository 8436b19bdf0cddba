/** Chinook in a document database, from its JSON, beside the same in SQLite: where the answers differ, it is said why. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Call, DIFFERENCES } from './chinook/calls/call.ts'
import { EDGES } from './chinook/calls/edges.ts'
import { GROUPS } from './chinook/calls/groups.ts'
import { NESTED } from './chinook/calls/nested.ts'
import { READS } from './chinook/calls/reads.ts'
import { RELATED } from './chinook/calls/related.ts'
import { JSON_DATA, NO_DATA, SQLITE } from './chinook/databases.ts'
import {
  asRow,
  chinookDocuments,
  DOCUMENT_CHANGES,
  DOCUMENT_REFUSALS,
  DOCUMENT_WRITES,
  JSON_FILTERS,
  REMEMBERED,
} from './chinook/documents.ts'
import { type RunningGateway, startGateway } from './chinook/gateway.ts'

const server = inject('mongodb')
const missing = NO_DATA ?? (server ? undefined : (inject('mongodbMissing') ?? 'there is no server'))
const CALLS: readonly Call[] = [
  // A track of a playlist has an `_id`, which 9 is not.
  ...READS.filter(({ path }) => path !== '_table/PlaylistTrack/9'),
  ...EDGES,
  ...GROUPS,
  ...RELATED.filter(({ query }) => query?.related !== 'Employee_by_ReportsTo_one'),
  ...NESTED.filter(({ method, query }) => method === undefined && query?.filter !== undefined),
  ...DOCUMENT_WRITES,
]

test.runIf(missing !== undefined)('where Chinook as documents is not tested, the reason is given', ({ skip }) => {
  expect(process.env.CI && missing !== NO_DATA, 'on CI there has to be a server').toBeFalsy()
  skip(missing)
})

describe.skipIf(missing)('Chinook as documents', () => {
  let folder: string
  let gateway: RunningGateway
  let drop: () => Promise<void>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gw-chinook-documents-'))
    copyFileSync(SQLITE, join(folder, 'lite.sqlite'))
    const chinook = await chinookDocuments(server!, `chinook_${process.pid}`, JSON_DATA)
    drop = chinook.drop
    gateway = await startGateway(folder, {
      lite: { type: 'sqlite', config: { database: 'lite.sqlite' } },
      mongo: chinook.service,
    })
    await gateway.serving('mongo')
    for (const call of REMEMBERED) {
      const answer = await gateway.ask('mongo', call.path, { method: call.method, body: call.body } as never)
      expect(answer.status, `${call.path}: ${JSON.stringify(answer.body)}`).toBe(200)
    }
  }, 120_000)
  afterAll(async () => {
    await gateway?.stop()
    await drop?.()
    if (folder) rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  const title = ({ method = 'GET', path, query }: Call, index: number) =>
    `${index + 1}. ${method} ${path} ${new URLSearchParams(query as never)}`
  test.each(CALLS.map((call, index) => [title(call, index), call] as const))('%s', async (_title, call) => {
    const { status = 200, differs, path, method = 'GET', body, query = {} } = call
    const level = differs === undefined ? (answer: unknown) => answer : DIFFERENCES[differs].level
    const [lite, mongo] = [
      await gateway.ask('lite', path, { method, body, query }),
      await gateway.ask('mongo', path, { method, body, query }),
    ]
    expect([lite.status, mongo.status], JSON.stringify([lite.body, mongo.body])).toEqual([status, status])
    expect(level(asRow(mongo.body))).toEqual(level(asRow(lite.body)))
  })
  test.each(JSON_FILTERS)('%s by %j is what a text finds', async (table, json, text) => {
    const path = `_table/${table}`
    const query = { order: `${table}Id`, limit: 200, include_count: true }
    const [mongo, plain, lite] = [
      await gateway.ask('mongo', path, { query: { ...query, filter: JSON.stringify(json) } }),
      await gateway.ask('mongo', path, { query: { ...query, filter: text } }),
      await gateway.ask('lite', path, { query: { ...query, filter: text } }),
    ]
    expect([mongo.status, lite.status], JSON.stringify(mongo.body)).toEqual([200, 200])
    expect((mongo.body as any).resource.length).toBeGreaterThan(0)
    expect(mongo.body).toEqual(plain.body)
    expect(asRow(mongo.body)).toEqual(asRow(lite.body))
  })
  test.each(DOCUMENT_CHANGES)('%j makes of a document what another change makes of a row', async (document, table) => {
    const asked = async (service: string, { path, method = 'GET', body, query = {} }: Call) => {
      const answer = await gateway.ask(service, path, { method, body, query })
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      const told = asRow(answer.body) as any
      const { resource = [told] } = told
      return resource.map((row: unknown) => JSON.stringify(row)).toSorted()
    }
    expect(await asked('mongo', document)).toEqual(await asked('lite', table))
  })
  test.each(DOCUMENT_REFUSALS.map((call, index) => [title(call, index), call] as const))(
    'refused: %s',
    async (_title, { path, method = 'GET', body, query = {} }) => {
      const before = await gateway.ask('mongo', '_table/Track', { query: { include_count: true, limit: 5 } })
      const answer = await gateway.ask('mongo', path, { method, body, query })
      expect(answer.status, JSON.stringify(answer.body)).toBe(400)
      expect(await gateway.ask('mongo', '_table/Track', { query: { include_count: true, limit: 5 } })).toEqual(before)
    },
  )
  test('A collection is made beside the others, filled and dropped', async () => {
    const field = [
      { name: '_id', type: 'id' },
      { name: 'Text', type: 'string', length: 20 },
      { name: 'Stars', type: 'integer', allow_null: true, is_index: true },
    ]
    const write = async (method: string, path: string, body?: unknown, query: object = {}) => {
      const answer = await gateway.ask('mongo', path, { method, body, query })
      expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)} ${gateway.output().slice(-1500)}`).toBe(
        200,
      )
      return answer.body as any
    }
    await write('POST', '_schema', { resource: [{ name: 'Review', field }] })
    await write('POST', '_table/Review', [{ Text: 'good', Stars: 4, Tags: ['loud'] }])
    const { resource } = await write('PATCH', '_table/Review', [{ $push: { Tags: 'live' }, $inc: { Stars: 1 } }], {
      filter: '{"Tags":"loud"}',
      fields: 'Text,Stars,Tags',
    })
    expect(resource).toEqual([{ Text: 'good', Stars: 5, Tags: ['loud', 'live'] }])
    expect((await gateway.ask('mongo', '_table/Review', { method: 'POST', body: [{ Stars: 1 }] })).status).toBe(400)
    expect(await write('DELETE', '_schema/Review')).toEqual({ success: true })
    expect((await gateway.ask('mongo', '_table/Review')).status).toBe(404)
  })
})
