/** Files as they are stored, removed, copied and moved. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Check } from '../check.ts'
import { type FilesContext, pathsIn, put, refused } from './context.ts'

const formOf = (files: Readonly<Record<string, string>>, field = 'files'): FormData => {
  const form = new FormData()
  form.append('note', 'not a file')
  for (const [name, text] of Object.entries(files)) form.append(field, new File([text], name))
  return form
}

const withPage = async (use: (url: string) => Promise<void>) => {
  const server = createServer((request, response) => {
    response.writeHead(request.url?.startsWith('/there') ? 200 : 404).end('from afar')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
  }
}

const textOf = async (context: FilesContext, path: string) => (await context.given({ path })).text

export const writeChecks: readonly Check<FilesContext>[] = [
  {
    name: 'a body is stored as it is, by POST and PUT, whatever its type, and replaces what was there',
    async run(context) {
      const folder = await context.folder()
      for (const [method, type, body] of [
        ['POST', 'application/json', '{"a": 1 }'],
        ['PUT', 'application/xml', '<a/>'],
        ['PUT', 'application/x-www-form-urlencoded', 'a=1&_method=DELETE'],
        ['POST', 'text/plain', ''],
      ] as const) {
        const path = `${folder}a.dat`
        const answer = await context.given({ method, path, body, headers: { 'content-type': type } })
        assert.deepEqual([answer.status, answer.body], [201, { name: 'a.dat', path, type: 'file' }])
        assert.equal(await textOf(context, path), body)
      }
    },
  },
  {
    name: 'bytes that are no text are stored as they are',
    async run(context) {
      const path = `${await context.folder()}a.bin`
      const bytes = Uint8Array.from({ length: 1_024 }, (_, at) => (at * 7_919) % 256)
      await put(context, path, bytes, { 'content-type': 'application/octet-stream' })
      assert.deepEqual(new Uint8Array((await context.given({ path })).bytes), bytes)
    },
  },
  {
    name: 'a file needs its folder',
    async run(context) {
      const folder = await context.folder()
      const body = 'x'
      await refused(
        context,
        { method: 'PUT', path: `${folder}none/a.txt`, body },
        404,
        /Folder '.*none' does not exist/,
      )
      const headers = { 'x-file-name': 'a.txt' }
      await refused(context, { method: 'POST', path: `${folder}none/`, body, headers }, 404)
      await refused(context, { method: 'POST', path: `${folder}none/`, body: formOf({ 'a.txt': 'x' }) }, 404)
      assert.deepEqual(await pathsIn(context, folder), [])
    },
  },
  {
    name: 'a body is stored under the name in X-File-Name, in any script',
    async run(context) {
      const folder = await context.folder()
      const headers = { 'x-file-name': Buffer.from('Grüße.txt', 'utf8').toString('latin1') }
      const { status, body } = await context.given({ method: 'POST', path: folder, body: 'hello', headers })
      assert.deepEqual([status, body], [201, { name: 'Grüße.txt', path: `${folder}Grüße.txt`, type: 'file' }])
      assert.equal(await textOf(context, `${folder}${encodeURIComponent('Grüße.txt')}`), 'hello')
    },
  },
  {
    name: 'every file of a form is stored under its tidied name',
    async run(context) {
      const folder = await context.folder()
      const form = formOf({ 'a b.txt': 'one', '../../c..d.csv': 'x,y' })
      form.append('files[]', new File(['{}'], 'ü.json'))
      const { status, body } = await context.given({ method: 'POST', path: folder, body: form })
      assert.equal(status, 201)
      const names = ['ab.txt', 'c.d.csv', '.json']
      assert.deepEqual(
        body.resource,
        names.map((name) => ({ name, path: folder + name, type: 'file' })),
      )
      assert.equal(await textOf(context, `${folder}c.d.csv`), 'x,y')
      await refused(context, { method: 'POST', path: folder, body: formOf({}) }, 400, /no file/)
    },
  },
  {
    name: 'one file of a form is stored under the path that is asked for, and several are refused',
    async run(context) {
      const folder = await context.folder()
      const path = `${folder}given.txt`
      const { body } = await context.given({ method: 'POST', path, body: formOf({ 'own.txt': 'x' }) })
      assert.deepEqual(body, { name: 'given.txt', path, type: 'file' })
      await refused(context, { method: 'POST', path, body: formOf({ a: '1', b: '2' }) }, 400, /Multiple files uploaded/)
    },
  },
  {
    name: 'a form that breaks off stores nothing of its last file',
    async run(context) {
      const folder = await context.folder()
      const body = '--x\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf'
      const headers = { 'content-type': 'multipart/form-data; boundary=x' }
      await refused(context, { method: 'POST', path: folder, body, headers }, 400, /multipart/)
      assert.deepEqual(await pathsIn(context, folder), [])
    },
  },
  {
    name: 'check_exist keeps what is there',
    async run(context) {
      const folder = await context.folder()
      const path = `${folder}a.txt`
      const query = { check_exist: 'true' }
      await context.given({ method: 'POST', path, body: 'first', query })
      const status = context.capabilities.folders === 'real' ? 500 : 400
      await refused(context, { method: 'POST', path, body: 'second', query }, status, /already exists/)
      await refused(context, { method: 'POST', path, body: formOf({ a: 'second' }), query }, 400, /already exists/)
      assert.equal(await textOf(context, path), 'first')
    },
  },
  {
    name: 'a file is loaded from an address, under its name or another one',
    async run(context) {
      const folder = await context.folder()
      await withPage(async (url) => {
        const load = (address: string, query = {}) => ({
          method: 'POST',
          path: folder,
          query: { url: address, ...query },
        })
        const { status, body } = await context.given(load(`${url}/there/b.txt?x=1`))
        assert.deepEqual([status, body], [201, { name: 'b.txt', path: `${folder}b.txt`, type: 'file' }])
        await context.given(load(`${url}/there/b.txt`, { filename: 'c.txt' }))
        assert.equal(await textOf(context, `${folder}c.txt`), 'from afar')
        await refused(context, load(`${url}/gone.txt`), 404, /Invalid URL entered/)
        await refused(context, load(`${url}/there/b.txt`, { filename: '../d.txt' }), 400)
      })
      for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/a', 'nowhere', 'data:text/plain,x'])
        await refused(context, { method: 'POST', path: folder, query: { url } }, 400, /https/)
      await refused(context, { method: 'POST', path: folder, query: { url: 'http://10.1.2.3/a.txt' } }, 403)
    },
  },
  {
    name: 'a write that depends on what is there is done only then',
    async run(context) {
      const folder = await context.folder()
      const path = `${folder}a.txt`
      const write = (body: string, headers: Record<string, string>) => ({ method: 'PUT', path, body, headers })
      await refused(context, write('x', { 'if-match': '*' }), 412)
      const made = await context.given(write('first', { 'if-none-match': '*' }))
      const etag = made.headers.get('etag') ?? ''
      assert.equal((await context.given({ path })).headers.get('etag'), etag)
      await refused(context, write('x', { 'if-none-match': '*' }), 412)
      await refused(context, write('x', { 'if-match': '"other"' }), 412)
      await refused(context, write('x', { 'if-match': 'nonsense' }), 400)
      await context.given(write('second', { 'if-match': etag }))
      await refused(context, write('x', { 'if-match': etag }), 412)
      assert.equal(await textOf(context, path), 'second')
      await refused(context, { method: 'DELETE', path, headers: { 'if-match': etag } }, 412)
      const now = (await context.given({ path })).headers.get('etag') ?? ''
      await context.given({ method: 'DELETE', path, headers: { 'if-match': now } })
      await refused(context, { path }, 404)
    },
  },
  {
    name: 'of writers who want to be the first, one is',
    async run(context) {
      const folder = await context.folder()
      const write = (body: string) =>
        context.call({ method: 'PUT', path: `${folder}a.txt`, body, headers: { 'if-none-match': '*' } })
      const answers = await Promise.all(['0', '1', '2', '3', '4', '5'].map(write))
      const statuses = answers.map(({ status }) => status)
      assert.deepEqual([...statuses].sort(), [201, 412, 412, 412, 412, 412])
      assert.equal(await textOf(context, `${folder}a.txt`), String(statuses.indexOf(201)))
    },
  },
  {
    name: 'a list makes, copies and moves, says what failed, and goes on',
    async run(context) {
      const folder = await context.folder()
      const old = await context.folder()
      await put(context, `${old}deep.txt`, 'deep')
      const resource = [
        { type: 'folder', name: 'img' },
        { type: 'file', name: 'a.txt', content: 'aGk=', is_base64: true },
        { type: 'file', name: 'b.txt', source_path: `${folder}a.txt` },
        { type: 'file', name: 'b.txt', source_path: `${folder}a.txt` },
        { type: 'file', name: 'ignored.txt' },
        { type: 'thing', name: 'ignored' },
        { type: 'file', name: 'c.txt', content: 'plain' },
        { type: 'folder', source_path: old, delete_source: true },
        { type: 'file', name: 'd.txt', source_path: `${folder}c.txt`, delete_source: true },
        { type: 'file', name: '../e.txt', content: 'x' },
      ]
      const { status, body } = await context.given({ method: 'POST', path: folder, body: JSON.stringify({ resource }) })
      assert.equal(status, 201)
      const moved = old.slice(0, -1)
      assert.deepEqual(
        body.resource.map(({ error, ...item }: { error?: unknown }) => [item, error !== undefined]),
        [
          [{ name: 'img', path: `${folder}img/`, type: 'folder' }, false],
          [{ name: 'a.txt', path: `${folder}a.txt`, type: 'file' }, false],
          [{ name: 'b.txt', path: `${folder}b.txt`, type: 'file' }, false],
          [{ name: 'b.txt', path: `${folder}b.txt`, type: 'file' }, true],
          [{ name: 'c.txt', path: `${folder}c.txt`, type: 'file' }, false],
          [{ name: moved, path: `${folder}${old}`, type: 'folder' }, false],
          [{ name: 'd.txt', path: `${folder}d.txt`, type: 'file' }, false],
          [{ name: '../e.txt', path: `${folder}../e.txt`, type: 'file' }, true],
        ],
      )
      assert.match(body.resource[3].error.message, /^File '.*b\.txt' already exists\.$/)
      const names = ['a.txt', 'b.txt', 'd.txt', 'img/', old, `${old}deep.txt`]
      assert.deepEqual(
        [...(await pathsIn(context, folder, { full_tree: 'true' }))].sort(),
        names.map((name) => folder + name).sort(),
      )
      assert.equal(await textOf(context, `${folder}a.txt`), 'hi')
      assert.equal(await textOf(context, `${folder}d.txt`), 'plain')
      assert.equal(await textOf(context, `${folder}${old}deep.txt`), 'deep')
      await refused(context, { path: old }, 404)
      await refused(context, { method: 'POST', path: folder, body: '{"resource": [' }, 400)
      await refused(context, { method: 'POST', path: folder, body: '"text"' }, 400)
    },
  },
  {
    name: 'a folder is copied with everything at its place, and never into itself',
    async run(context) {
      const from = await context.folder()
      const to = await context.folder()
      await context.given({ method: 'POST', path: `${from}in/` })
      await put(context, `${from}in/a.txt`, 'a')
      const copy = (name: string) => JSON.stringify({ resource: [{ type: 'folder', name, source_path: from }] })
      await context.given({ method: 'POST', path: to, body: copy('copy') })
      assert.deepEqual(await pathsIn(context, to, { full_tree: 'true' }), [
        `${to}copy/`,
        `${to}copy/in/`,
        `${to}copy/in/a.txt`,
      ])
      const itself = await context.given({ method: 'POST', path: from, body: copy('in2') })
      assert.match(itself.body.resource[0].error.message, /into itself/)
    },
  },
  {
    name: 'files are removed by path and by list, also by a POST that means DELETE, and what is not there is said',
    async run(context) {
      const folder = await context.folder()
      for (const name of ['a', 'b', 'c', 'd']) await put(context, `${folder}${name}.txt`, name)
      const removed = await context.given({ method: 'DELETE', path: `${folder}a.txt` })
      assert.deepEqual([removed.status, removed.body], [200, { name: 'a.txt', path: `${folder}a.txt` }])
      await refused(context, { method: 'DELETE', path: `${folder}a.txt` }, 404, /^File '.*a\.txt' was not found\.$/)
      await context.given({ method: 'DELETE', path: `${folder}a.txt`, query: { no_check: 'true' } })
      await context.given({ method: 'POST', path: `${folder}b.txt`, headers: { 'x-http-method': 'DELETE' } })
      const resource = [
        { type: 'file', name: 'c.txt' },
        { type: 'file', path: `${folder}d.txt` },
        { type: 'file', name: 'none.txt' },
        { name: 'untyped.txt' },
      ]
      const body = JSON.stringify({ resource })
      const headers = { 'content-type': 'application/json' }
      const answer = await context.given({ method: 'DELETE', path: folder, body, headers })
      assert.deepEqual(answer.body.resource.slice(0, 2), [
        { name: 'c.txt', path: null, type: 'file' },
        { name: null, path: `${folder}d.txt`, type: 'file' },
      ])
      assert.match(answer.body.resource[2].error.message, /not found/)
      assert.equal(answer.body.resource.length, 3)
      assert.deepEqual(await pathsIn(context, folder), [])
      const nothing = JSON.stringify({ resource: [{ type: 'file' }] })
      await refused(context, { method: 'DELETE', path: folder, body: nothing, headers }, 400, /No path or name/)
    },
  },
  {
    name: 'an upload that breaks off leaves what was there, and nothing of its own',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}a.txt`, 'before')
      const before = await context.subject.raw()
      for (const name of ['a.txt', 'new.txt']) {
        let sent = 0
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (++sent > 20) controller.error(new Error('the line is cut'))
            else controller.enqueue(new Uint8Array(100_000))
          },
        })
        const answer = await context.call({ method: 'PUT', path: folder + name, body })
        assert.ok(answer.status >= 400, String(answer.status))
      }
      assert.deepEqual(await context.subject.raw(), before)
      assert.equal(await textOf(context, `${folder}a.txt`), 'before')
    },
  },
]
