/**
 * Connectors that were written against earlier minors of the contract, and that nobody has touched since: found in a
 * project as npm lays it out, and called over a gateway that `gw start` runs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CONTRACT_VERSION } from '../src/contract.ts'

const CORE = dirname(import.meta.dirname)
const PACKAGES = join(import.meta.dirname, 'fixtures/contracts')
const KEY = 'a-key-that-is-long-enough'
const WRITTEN_FOR = { 'gw-shelf': '1.0', 'gw-explained': '1.2', 'gw-careful': '1.4' } as const
const TOO_NEW = { 'gw-later': '^1.99', 'gw-next': '^2.0' } as const
const NAMES = [...Object.keys(WRITTEN_FOR), ...Object.keys(TOO_NEW)]

const CONFIGURATION = {
  server: { port: 0 },
  services: {
    first: { type: 'shelf', config: { color: 'red' } },
    second: { type: 'bookshelf', config: { color: 'blue' } },
    explained: { type: 'explained' },
    careful: { type: 'careful' },
    later: { type: 'later' },
    next: { type: 'next' },
  },
  roles: {
    reader: { access: [{ service: '*', component: '*', verbs: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] }] },
  },
  apps: { tests: { apiKey: KEY, role: 'reader' } },
}

/** The packages as they would be installed, with the core and a schema library that they have as peers. */
const makeProject = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'gw-compatibility-'))
  const modules = join(root, 'node_modules')
  mkdirSync(join(modules, '@gw'), { recursive: true })
  symlinkSync(CORE, join(modules, '@gw/core'))
  symlinkSync(realpathSync(join(CORE, 'node_modules/zod')), join(modules, 'zod'))
  for (const name of NAMES) cpSync(join(PACKAGES, name), join(modules, name), { recursive: true })
  const dependencies = Object.fromEntries(NAMES.map((name) => [name, '*']))
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'project', type: 'module', dependencies }))
  writeFileSync(join(root, 'gw.config.json'), JSON.stringify(CONFIGURATION))
  return root
}

let root: string
let child: ChildProcess
let api: string
let output = ''
beforeAll(async () => {
  root = makeProject()
  child = spawn(process.execPath, [join(CORE, 'src/bin.ts'), 'start'], { cwd: root, env: { PATH: process.env.PATH } })
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  api = await vi.waitFor(
    () => {
      const line = output.split('\n').find((each) => each.includes('"msg":"listening"'))
      if (line === undefined) throw new Error(`it does not listen: ${output}`)
      return JSON.parse(line).api
    },
    { timeout: 110_000, interval: 50 },
  )
}, 120_000)
afterAll(() => {
  child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

const ask = async (path: string, init: RequestInit = {}) => {
  const headers = {
    'x-dreamfactory-api-key': KEY,
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
  }
  const answer = await fetch(`${api}/${path}`, { ...init, headers: { ...headers, ...init.headers } })
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, body: json ? JSON.parse(text) : text, headers: answer.headers }
}
const send = (path: string, method: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, { method, body: JSON.stringify(body), headers })

test('every one of them is written for an earlier minor than this one', () => {
  const minorOf = (version: string) => Number(version.split('.')[1])
  for (const version of Object.values(WRITTEN_FOR)) expect(minorOf(version)).toBeLessThan(minorOf(CONTRACT_VERSION))
})

describe('a connector for contract 1.0', { timeout: 120_000 }, () => {
  test('is started, and has what it imports of the core', async () => {
    expect(await ask('first/')).toMatchObject({
      status: 200,
      body: {
        color: 'red',
        service: 'first',
        lifecycle: ['started false'],
        exported: {
          version: true,
          methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
          mask: '**********',
          notFound: 404,
          status: 409,
          brands: [true, true, true],
        },
        path: join(realpathSync(root), 'below'),
      },
    })
  })

  test('lists, reads, checks and writes records, and refuses as it means to', async () => {
    expect((await ask('first/book?limit=1')).body).toEqual({ resource: [{ id: 1, title: 'One' }], meta: { count: 2 } })
    expect((await ask('first/book/2')).body).toEqual({ id: 2, title: 'Two' })
    expect(await ask('first/book/9')).toMatchObject({ status: 404, body: { error: { context: { id: 9 } } } })
    expect(await send('first/book', 'POST', { id: 3, title: 'Three' })).toMatchObject({ status: 201, body: { id: 3 } })
    expect((await send('first/book', 'POST', { id: 'three' })).status).toBe(400)
    expect((await ask('first/text')).body).toEqual({ a: 1 })
  })

  test('takes and gives bytes', async () => {
    expect((await ask('first/file/a/b.txt')).body).toContain('file/a/b.txt')
    const sent = await ask('first/file/a', { method: 'PUT', body: 'words', headers: { 'content-type': 'text/plain' } })
    expect(sent.body).toEqual({ text: 'words' })
  })

  test('knows its call, asks for more rights, and calls another service', async () => {
    expect((await ask('first/call', { headers: { 'x-own': 'mine' } })).body).toEqual({
      service: 'first',
      method: 'GET',
      path: 'call',
      own: 'mine',
      id: 'string',
      role: 'reader',
      lookup: 'reader',
      requestor: 'api',
      admin: false,
      aborted: false,
      objects: false,
    })
    const granted = { filters: [], deny: [] }
    expect((await ask('first/asked/book')).body).toMatchObject({ grant: granted, asked: granted })
    expect((await ask('first/other')).body).toEqual({ status: 200, body: { id: 1, title: 'One' } })
  })

  test('keeps documents, goes nowhere it may not, and grows while it runs', async () => {
    expect((await send('first/state', 'POST', {})).body).toEqual({
      lost: 'conflict',
      found: { n: 1 },
      names: ['a'],
      deleted: true,
      gone: true,
    })
    expect((await ask('first/away')).status).toBe(403)
    expect((await ask('first/later')).status).toBe(404)
    expect((await send('first/grow', 'POST', {})).body).toEqual({ grown: true })
    await vi.waitFor(async () => expect((await ask('first/later')).body).toEqual({ late: true }), { timeout: 60_000 })
  })
})

describe('a connector for contract 1.2', { timeout: 120_000 }, () => {
  test('explains itself, and its names are listed', async () => {
    expect((await ask('explained/_spec')).body).toMatchObject({ 'x-own': 'explained for reader' })
    const model = JSON.stringify((await ask('explained/_spec?model=true&tables=lines')).body)
    expect(model).toContain('"of":"explained"')
    expect((await ask('explained/_table')).body).toEqual({ resource: [{ name: 'lines' }] })
  })

  test('takes records as a body and as a stream, and goes by steps', async () => {
    const lines = { resource: [{ n: 1 }, { n: 2 }] }
    expect((await send('explained/_table/lines', 'POST', lines)).body).toEqual({ sum: 3, streamed: false })
    const streamed = await ask('explained/_table/lines?stream=true', {
      method: 'POST',
      body: '{"n":4}\n{"n":5}\n',
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(streamed.body).toMatchObject({ sum: 9, streamed: true })
    expect((await ask('explained/_table/lines/7', { headers: { 'x-own': 'mine' } })).body).toEqual({
      n: 7,
      own: 'mine',
    })
    expect((await ask('explained/two')).body).toMatchObject({ taken: [{ n: 1 }, { n: 2 }] })
    expect((await ask('explained/document')).body).toEqual({ found: null })
  })
})

describe('a connector for contract 1.4', { timeout: 120_000 }, () => {
  test('has tags and conditions kept, and repeated requests told', async () => {
    const first = await ask('careful/note')
    expect(first).toMatchObject({ status: 200, body: { text: 'first' } })
    expect(first.headers.get('x-seen')).toBe('yes')
    const tag = first.headers.get('etag')!
    expect((await ask('careful/note', { headers: { 'if-none-match': tag } })).status).toBe(304)
    const tried = await send(
      'careful/note',
      'PUT',
      { text: 'second' },
      { prefer: 'tx=rollback', 'idempotency-key': 'k-1' },
    )
    expect(tried.body).toEqual({ text: 'second', rollback: true, key: 43, client: true })
    expect((await send('careful/note', 'PUT', { text: 'second' }, { 'if-match': tag })).status).toBe(200)
    expect((await send('careful/note', 'PUT', { text: 'third' }, { 'if-match': tag })).status).toBe(412)
  })

  test('takes bytes of any size below a folder, and its own way out leads nowhere else', async () => {
    expect((await send('careful/a/b/', 'POST', { text: 'words' })).body).toEqual({ path: 'a/b/', length: 16 })
    expect((await ask('careful/away')).body).toEqual({ refusals: ['forbidden', 'forbidden'] })
  })
})

describe('a connector for a contract that this gateway does not have', { timeout: 120_000 }, () => {
  test.each(Object.entries(TOO_NEW))(
    '%s, for %s, is named with what to do, and its code has not run',
    async (name, range) => {
      const { status, body } = await ask(`${name.replace('gw-', '')}/anything`)
      expect(status).toBe(503)
      const reason = `${name}@1.0.0 needs contract ${range}, this gateway has ${CONTRACT_VERSION}: install a newer version of @gw/core`
      expect(body.error.message).toContain(reason)
      expect(output).toContain(reason)
      expect(existsSync(join(root, 'node_modules', name, 'index.js'))).toBe(true)
      expect(existsSync(join(root, 'node_modules', name, 'ran'))).toBe(false)
    },
  )
})
