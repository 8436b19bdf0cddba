/** Files as they are read: whole, in parts, or not at all because the client has them. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { type FilesContext, put, refused } from './context.ts'

/** Bytes of every value, more than one piece of them. */
const BYTES = Buffer.from(Uint8Array.from({ length: 600_000 }, (_, index) => (index * 31 + (index >> 8)) % 256))

/** One part of a `multipart/byteranges` answer. */
const partsOf = ({ headers, bytes }: { headers: Headers; bytes: Buffer }) => {
  const boundary = /boundary=(.+)$/.exec(headers.get('content-type') ?? '')?.[1]
  assert.ok(boundary)
  return bytes
    .toString('latin1')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', ...rest] = part.split('\r\n\r\n')
      const range = /content-range: (.+)/i.exec(head)?.[1]
      return [range, Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1')] as const
    })
}

export const readChecks: readonly Check<FilesContext>[] = [
  {
    name: 'a file is sent as it was stored, with its length, type, date and a strong tag',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}a.bin`, BYTES)
      const { status, headers, bytes } = await context.given({ path: `${folder}a.bin` })
      assert.equal(status, 200)
      assert.ok(bytes.equals(BYTES))
      assert.equal(headers.get('content-length'), String(BYTES.length))
      assert.equal(headers.get('content-type'), 'application/octet-stream')
      assert.match(headers.get('etag') ?? '', /^"[^"]+"$/)
      assert.equal(headers.get('accept-ranges'), 'bytes')
      assert.ok(Math.abs(Date.parse(headers.get('last-modified') ?? '') - Date.now()) < 3_600_000)
      assert.match(headers.get('content-disposition') ?? '', /^inline/)
      const head = await context.given({ method: 'HEAD', path: `${folder}a.bin` })
      assert.equal(head.headers.get('content-length'), String(BYTES.length))
      assert.equal(head.headers.get('etag'), headers.get('etag'))
      assert.equal(head.bytes.length, 0)
    },
  },
  {
    name: 'download names the file in any script, pages are shown without a name, and run nothing of this origin',
    async run(context) {
      const folder = await context.folder()
      const name = 'Grüße "世界".html'
      await put(context, folder + encodeURIComponent(name), '<script>1</script>')
      const path = folder + encodeURIComponent(name)
      const shown = (await context.given({ path })).headers
      assert.equal(shown.get('content-disposition'), null)
      assert.equal(shown.get('content-security-policy'), 'sandbox')
      assert.equal(shown.get('x-content-type-options'), 'nosniff')
      const saved = (await context.given({ path, query: { download: 'true' } })).headers.get('content-disposition')
      assert.match(saved ?? '', /^attachment; /)
      assert.ok(decodeURIComponent(saved ?? '').includes(name), saved ?? '')
    },
  },
  {
    name: 'an empty file is a file',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}empty.txt`, '')
      const { status, headers, bytes } = await context.given({ path: `${folder}empty.txt` })
      assert.deepEqual([status, headers.get('content-length'), bytes.length], [200, '0', 0])
      const part = await context.call({ path: `${folder}empty.txt`, headers: { range: 'bytes=0-' } })
      assert.equal(part.status, 416)
    },
  },
  {
    name: 'a part is sent with its place, from the beginning, the middle and the end, and never beyond it',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}a.bin`, BYTES)
      const size = BYTES.length
      const ranges: readonly (readonly [string, number, number])[] = [
        ['bytes=0-0', 0, 0],
        ['bytes=100-400099', 100, 400_099],
        [`bytes=${size - 5}-`, size - 5, size - 1],
        ['bytes=-7', size - 7, size - 1],
        [`bytes=10-${size + 1000}`, 10, size - 1],
      ]
      for (const [range, start, end] of ranges) {
        const { status, headers, bytes } = await context.given({ path: `${folder}a.bin`, headers: { range } })
        assert.equal(status, 206, range)
        assert.equal(headers.get('content-range'), `bytes ${start}-${end}/${size}`)
        assert.equal(headers.get('content-length'), String(end - start + 1))
        assert.ok(bytes.equals(BYTES.subarray(start, end + 1)), range)
      }
      const beyond = await context.call({ path: `${folder}a.bin`, headers: { range: `bytes=${size}-` } })
      assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${size}`])
      for (const range of ['lines=1-2', 'bytes=b-c', 'nonsense'])
        assert.equal((await context.given({ path: `${folder}a.bin`, headers: { range } })).status, 200, range)
    },
  },
  {
    name: 'several parts are sent in one answer, those that overlap once',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}a.bin`, BYTES)
      const size = BYTES.length
      const range = 'bytes=0-9, 5-20, 300000-300009, -4'
      const answer = await context.given({ path: `${folder}a.bin`, headers: { range } })
      assert.equal(answer.status, 206)
      assert.equal(answer.headers.get('content-length'), String(answer.bytes.length))
      const expected = [
        [0, 20],
        [300_000, 300_009],
        [size - 4, size - 1],
      ] as const
      const parts = partsOf(answer)
      assert.deepEqual(
        parts.map(([place]) => place),
        expected.map(([start, end]) => `bytes ${start}-${end}/${size}`),
      )
      for (const [index, [start, end]] of expected.entries())
        assert.ok(parts[index]![1].equals(BYTES.subarray(start, end + 1)))
    },
  },
  {
    name: 'who has a file is told so, by tag or by date, and If-Range sends the whole of another file',
    async run(context) {
      const folder = await context.folder()
      const path = `${folder}a.txt`
      await put(context, path, 'first')
      const { headers } = await context.given({ path })
      const etag = headers.get('etag') ?? ''
      const date = headers.get('last-modified') ?? ''
      const status = async (sent: Record<string, string>) => (await context.call({ path, headers: sent })).status
      assert.equal(await status({ 'if-none-match': etag }), 304)
      assert.equal(await status({ 'if-none-match': `"other", W/${etag}` }), 304)
      assert.equal(await status({ 'if-none-match': '"other"', 'if-modified-since': date }), 200)
      assert.equal(await status({ 'if-modified-since': date }), 304)
      assert.equal(await status({ 'if-modified-since': new Date(Date.parse(date) - 60_000).toUTCString() }), 200)
      assert.equal(await status({ 'if-match': etag }), 200)
      assert.equal(await status({ 'if-match': '"other"' }), 412)
      assert.equal(await status({ 'if-unmodified-since': new Date(Date.parse(date) - 60_000).toUTCString() }), 412)
      assert.equal(await status({ range: 'bytes=0-1', 'if-range': etag }), 206)
      assert.equal(await status({ range: 'bytes=0-1', 'if-range': '"other"' }), 200)
      await put(context, path, 'second')
      assert.equal(await status({ 'if-none-match': etag }), 200)
      assert.equal(await status({ range: 'bytes=0-1', 'if-range': etag }), 200)
    },
  },
  {
    name: 'properties of a file, and its content in base64 or as text',
    async run(context) {
      const folder = await context.folder()
      const path = `${folder}a.txt`
      const text = 'Grüße, "世界" 🙂\n'.repeat(10_000)
      await put(context, path, text)
      const { last_modified, ...properties } = (await context.given({ path, query: { include_properties: 'true' } }))
        .body
      const known = { path, name: 'a.txt', content_type: 'text/plain', content_length: Buffer.byteLength(text) }
      assert.deepEqual(properties, known)
      assert.ok(last_modified)
      const query = { include_properties: 'true', content: 'true' }
      const inBase64 = (await context.given({ path, query })).body
      assert.equal(Buffer.from(inBase64.content, 'base64').toString('utf8'), text)
      assert.equal((await context.given({ path, query: { ...query, is_base64: 'false' } })).body.content, text)
      await put(context, `${folder}a.bin`, BYTES)
      const binary = (await context.given({ path: `${folder}a.bin`, query })).body
      assert.ok(Buffer.from(binary.content, 'base64').equals(BYTES))
    },
  },
  {
    name: 'a file that is not there is not found, and the answer is JSON',
    async run(context) {
      await refused(context, { path: 'none.txt' }, 404, /^The specified file 'none\.txt' was not found in storage\.$/)
      await refused(context, { path: 'none.txt', query: { include_properties: 'true' } }, 404)
    },
  },
  {
    name: 'an address of the store’s own reads and writes the file without the gateway, for who may',
    about: ['files.presigned'],
    requires: ({ capabilities }) => (capabilities.presigned ? undefined : 'the store has no such addresses'),
    async run(context) {
      const folder = await context.folder()
      const path = `${folder}a.txt`
      const ask = async (presigned: string) => (await context.given({ path, query: { presigned, expires: '60' } })).body
      const upload = await ask('upload')
      const sent = await fetch(upload.url, { method: upload.method, body: 'straight' })
      assert.equal(sent.status, 200, await sent.text())
      assert.equal((await context.given({ path })).text, 'straight')
      const got = await fetch((await ask('download')).url)
      assert.equal(await got.text(), 'straight')
      await refused(context, { path, query: { presigned: 'maybe' } }, 400)
      await refused(context, { path, query: { presigned: 'download', expires: '0' } }, 400)
      const as = { access: [{ component: '*', verbs: ['GET'] as const }] }
      assert.ok((await context.call({ path, query: { presigned: 'upload' }, as })).status >= 400)
    },
  },
  {
    name: 'a store without addresses of its own says so',
    about: ['files.presigned'],
    requires: ({ capabilities }) => (capabilities.presigned ? 'the store has such addresses' : undefined),
    run: (context) => refused(context, { path: 'a.txt', query: { presigned: 'download' } }, 501),
  },
]
