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
import { asRow, chinookDocuments, DOCUMENT_WRITES, REMEMBERED } from './chinook/documents.ts'
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
})
