import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { AS_ADMIN, newFolder, type Opened, opened, shopIn } from './opened.ts'
import { STORES, type StoreKind } from './stores.ts'

interface Sent {
  readonly name?: string
  readonly type?: string
  readonly fields?: Readonly<Record<string, string>>
  readonly fieldsLast?: Readonly<Record<string, string>>
  readonly query?: string
  readonly headers?: Record<string, string>
}

const send = async (
  { gateway }: Pick<Opened, 'gateway'>,
  content: string | Uint8Array<ArrayBuffer>,
  { name = 'orders.csv', type = '', fields = {}, fieldsLast = {}, query = '', headers = AS_ADMIN }: Sent = {},
) => {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields)) form.append(key, value)
  form.append('file', new File([content], name, { type }))
  for (const [key, value] of Object.entries(fieldsLast)) form.append(key, value)
  // In pieces, as over a network; undici's own stream of a form can not be left in the middle.
  const encoded = new Response(form)
  const bytes = Buffer.from(await encoded.arrayBuffer())
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536)
  }
  const sent = new Request(`http://gateway.test/api/v2/system/import${query}`, {
    method: 'POST',
    body: ReadableStream.from(pieces()),
    headers: { ...headers, 'content-type': encoded.headers.get('content-type')! },
    duplex: 'half',
  } as RequestInit)
  const response = await gateway.fetch(sent)
  return { status: response.status, body: (await response.json()) as any }
}

const messageOf = ({ body }: { body: any }): string => body.error.message

/** A gateway with a database as the service `db`. */
const withDatabase = async (kind: StoreKind = STORES[0]!, config: object = {}) => {
  const folder = newFolder()
  const { system, drop } = await kind.create()
  const { type = 'sqlite', ...store } = ((system as any).store ?? { database: shopIn(folder) }) as any
  const gw = await opened({
    folder,
    config: { services: { db: { type, config: { ...store, allow_upsert: false } } }, ...config },
  })
  return {
    ...gw,
    async [Symbol.asyncDispose]() {
      await gw[Symbol.asyncDispose]()
      await drop()
    },
  }
}

const fieldTypes = async ({ ask }: Opened, table: string) =>
  Object.fromEntries(
    (await ask('GET', `db/_schema/${table}`)).body.field.map((field: any) => [
      field.name,
      `${field.type}${field.allow_null ? '?' : ''}${field.is_primary_key ? ' key' : ''}`,
    ]),
  )

const CSV = `id,name,price,active,born,seen,big,code,nothing
1,"Lamp, red",10,true,2020-02-29,2024-01-31T12:00:00Z,5000000000,007,
2,Chair,10.5,false,2021-03-01,2024-01-31 12:00:01+02:00,1,008,
3,,-3.25,TRUE,,2024-01-31T12:00:02Z,-1,009,
`

for (const kind of STORES)
  describe.skipIf(kind.missing)(`A file becomes a table on ${kind.label}`, () => {
    test('with the narrowest types that fit, from CSV', async () => {
      await using gw = await withDatabase(kind)
      expect(await send(gw, CSV)).toEqual({ status: 201, body: { resource: '/api/v2/db/_table/orders' } })
      expect(await fieldTypes(gw, 'orders')).toMatchObject({
        id: expect.stringMatching(/^(integer|id) key$/),
        name: 'string?',
        price: 'decimal',
        active: 'boolean',
        born: 'date?',
        seen: expect.stringMatching(/^(datetime|timestamp)$/),
        big: 'bigint',
        code: 'string',
        nothing: 'string?',
      })
      const { body } = await gw.ask('GET', 'db/_table/orders?order=id')
      expect(body.resource).toHaveLength(3)
      expect(body.resource[1]).toMatchObject({
        id: 2,
        name: 'Chair',
        active: false,
        big: 1,
        code: '008',
        nothing: null,
      })
      expect(body.resource.map(({ price }: any) => Number(price))).toEqual([10, 10.5, -3.25])
      expect(body.resource[1].seen).toMatch(/^2024-01-31[ T]10:00:01/)
      expect(body.resource[2]).toMatchObject({ name: null, active: true, born: null })
    })

    test('from JSON and NDJSON, with nested values and a key of its own', async () => {
      await using gw = await withDatabase(kind)
      const records = [
        { name: 'a', tags: ['x', { y: 1 }], count: 1, moment: '2024-01-31 12:00:00.5' },
        { name: '1', tags: 'text', count: 2.5, moment: '2024-02-01 00:00:00', more: 'm'.repeat(300) },
      ]
      expect((await send(gw, JSON.stringify({ resource: records }), { name: 'one.json' })).status).toBe(201)
      const lines = records.map((record) => JSON.stringify(record)).join('\n')
      expect((await send(gw, lines, { name: 'two', type: 'application/x-ndjson' })).status).toBe(201)
      for (const table of ['one', 'two']) {
        expect(await fieldTypes(gw, table)).toMatchObject({
          id: 'id key',
          name: 'string',
          count: 'decimal',
          more: expect.stringMatching(/^(text|string)\?$/),
        })
        const { resource } = (await gw.ask('GET', `db/_table/${table}?order=id`)).body
        expect(resource.map(({ id, name, more }: any) => [id, name, more?.length])).toEqual([
          [1, 'a', undefined],
          [2, '1', 300],
        ])
        const tags = resource
          .map((row: any) => row.tags)
          .map((one: any) => (typeof one === 'string' && one[0] === '[' ? JSON.parse(one) : one))
        expect(tags[0]).toEqual(['x', { y: 1 }])
        expect(resource[0].moment).toMatch(/12:00:00\.5/)
      }
    })

    test('only as a whole: a record that does not fit takes the table with it, and says which one it is', async () => {
      await using gw = await withDatabase(kind)
      const rows = Array.from({ length: 3_000 }, (_, at) => `${at},${at === 2_500 ? 'many' : at}`)
      const answer = await send(gw, `id,count\n${rows.join('\n')}`)
      expect(answer.status).toBe(400)
      expect(messageOf(answer)).toMatch(/record 2501: Field "count" must be a whole number.*"orders".*dropped again/)
      expect(answer.body.error.context).toMatchObject({ record: 2501 })
      expect((await gw.ask('GET', 'db/_schema/orders')).status).toBe(404)
      // What the database itself refuses, too.
      const twice = [...Array.from({ length: 1_500 }, (_, at) => `${at}`), '7'].map((id) => `${id},x`)
      const again = await send(gw, `id,name\n${twice.join('\n')}`)
      expect([again.status, messageOf(again)]).toEqual([409, expect.stringMatching(/record 1501.*dropped again/)])
      expect((await gw.ask('GET', 'db/_schema/orders')).status).toBe(404)
    })

    test('unless there is one: it stays as it is, or is added to', async () => {
      await using gw = await withDatabase(kind)
      expect((await send(gw, 'id,name\n1,a\n')).status).toBe(201)
      expect((await send(gw, 'id,name\n2,b\n')).status).toBe(409)
      expect((await send(gw, 'id,name,other\n3,c,d\n', { query: '?service=db&resource=orders' })).status).toBe(409)
      expect((await gw.ask('GET', 'db/_table/orders')).body.resource).toEqual([{ id: 1, name: 'a' }])
      expect((await send(gw, 'id,name\n2,b\n3,c\n', { query: '?append=true' })).status).toBe(201)
      expect((await gw.ask('GET', 'db/_table/orders?fields=id&order=id')).body.resource).toEqual([
        { id: 1 },
        { id: 2 },
        { id: 3 },
      ])
      // Nothing that was there is lost by an import that fails.
      expect((await send(gw, 'id,name\n4,d\n1,x\n', { fields: { append: 'true' } })).status).toBe(409)
      expect((await gw.ask('GET', 'db/_schema/orders')).status).toBe(200)
      expect((await send(gw, 'id\n1\n', { name: 'none.csv', fields: { append: 'true' } })).status).toBe(404)
    })
  })

describe('An import', () => {
  test('is told its service and table in the form or in the query, before or behind the file', async () => {
    await using gw = await withDatabase()
    const one = { query: '?resource=one&service=db' }
    const two = { fields: { resource: 'two', service: 'db' } }
    const three = { fieldsLast: { resource: 'three' } }
    for (const sent of [one, two, three]) expect((await send(gw, 'a\n1\n', sent)).status).toBe(201)
    const tables = (await gw.ask('GET', 'db/_table')).body.resource.map(({ name }: any) => name)
    expect(tables).toEqual(expect.arrayContaining(['one', 'two', 'three']))
    expect((await send(gw, 'a\n1\n', { query: '?service=none' })).status).toBe(404)
    const large = `a\n${'1\n'.repeat(200_000)}`
    expect(messageOf(await send(gw, large, { fieldsLast: { resource: 'four' } }))).toMatch(
      /came after a file.*dropped again/,
    )
    expect((await gw.ask('GET', 'db/_schema/orders')).status).toBe(404)
  })

  test('takes no name for more than a name', async () => {
    await using gw = await withDatabase()
    const names = [
      '..',
      '.csv',
      '../../items',
      'a\u0000b',
      'a\nb',
      'items"; drop table items; --',
      "x'y",
      `${'n'.repeat(300)}`,
      'sqlite_x',
      '__proto__',
      '',
      'a/b',
      'a\\..\\b',
      '%2e%2e',
    ]
    for (const resource of names.filter((name) => name !== ''))
      expect([
        resource,
        (await send(gw, 'a\n1\n', { query: `?resource=${encodeURIComponent(resource)}` })).status,
      ]).toEqual([resource, 400])
    for (const name of ['.csv', 'x";drop table items;--.csv', `${'n'.repeat(300)}.csv`, '....csv', '%2e%2e%2f.csv'])
      expect([name, (await send(gw, 'a\n1\n', { name, type: 'text/csv' })).status]).toEqual([name, 400])
    for (const service of ['..', '../db', 'db/_table', 'db?x', '%2e%2e', 'a b'])
      expect([
        service,
        (await send(gw, 'a\n1\n', { query: `?service=${encodeURIComponent(service)}` })).status,
      ]).toEqual([service, 400])
    for (const header of ['__proto__', 'a";drop table items', 'a\u0001b', 'n'.repeat(300)])
      expect([header, (await send(gw, `"${header.replaceAll('"', '""')}"\n1\n`)).status]).toEqual([header, 400])
    // Folders of a file's name are left out, whatever system it comes from.
    expect((await send(gw, 'a\n1\n', { name: 'C:\\tmp\\..\\bought.csv' })).body).toEqual({
      resource: '/api/v2/db/_table/bought',
    })
    expect((await gw.ask('GET', 'db/_table/items')).body.resource).toHaveLength(2)
    expect((await gw.ask('GET', 'db/_table')).body.resource.map(({ name }: any) => name).sort()).toEqual([
      'bought',
      'items',
    ])
  })

  test('refuses files without records, with a column twice, of unknown kinds, and spreadsheets', async () => {
    await using gw = await withDatabase()
    for (const content of ['', 'a,b\n', '\n\n']) expect(messageOf(await send(gw, content))).toContain('no records')
    for (const content of ['[]', '{"resource":[]}'])
      expect(messageOf(await send(gw, content, { name: 'x.json' }))).toContain('no records')
    expect(messageOf(await send(gw, 'a,a\n1,2\n'))).toContain("'a' twice")
    expect((await send(gw, 'a,A\n1,2\n')).status).toBe(400)
    expect((await send(gw, 'a,b\n1\n')).status).toBe(400)
    expect((await send(gw, '{"a":1', { name: 'x.json' })).status).toBe(400)
    expect((await send(gw, '{"a":1}', { name: 'x.json' })).status).toBe(400)
    expect((await send(gw, '[1]', { name: 'x.json' })).status).toBe(400)
    expect((await send(gw, '[{"a":9007199254740993}]', { name: 'x.json' })).status).toBe(400)
    expect((await send(gw, new Uint8Array([0x61, 0x0a, 0xff, 0xfe]))).status).toBe(400)
    for (const name of ['x.xlsx', 'x.xls', 'x.bin', 'x']) expect((await send(gw, 'a\n1\n', { name })).status).toBe(415)
    const mebibyte = `[${'{"a":"x"},'.repeat(100_000)}`
    expect((await send(gw, mebibyte.repeat(20), { name: 'x.json' })).status).toBe(413)
    expect((await gw.ask('GET', 'db/_table')).body.resource).toHaveLength(1)
    const bare = await gw.ask('POST', 'system/import', { nothing: 1 })
    expect([bare.status, messageOf(bare)]).toEqual([400, expect.stringContaining("'file' of a multipart form")])
  })

  test('finds no numbers where something would be lost, and no key in what is none', async () => {
    await using gw = await withDatabase()
    const csv =
      'id,zip,float,mixed,day,text\n1,01234,1e-7,2024-01-01,2024-02-30,1\n1,1,2,2024-01-01 10:00:00,2024-02-28,x\n'
    expect((await send(gw, csv)).status).toBe(201)
    expect(await fieldTypes(gw, 'orders')).toMatchObject({
      row_id: 'id key',
      id: 'integer',
      zip: 'string',
      float: expect.stringMatching(/^(double|float)$/),
      day: 'string',
      text: 'string',
    })
    const [row] = (await gw.ask('GET', 'db/_table/orders?order=row_id')).body.resource
    expect(row).toMatchObject({
      zip: '01234',
      float: 1e-7,
      mixed: expect.stringMatching(/^2024-01-01[ T]00:00:00/),
      day: '2024-02-30',
    })
  })

  test('of more decimals than the sample has is refused, because a database would round them', async () => {
    await using gw = await withDatabase()
    const rows = [...Array.from({ length: 1_000 }, () => '1.25'), '1.255']
    expect(messageOf(await send(gw, `price\n${rows.join('\n')}\n`))).toMatch(/record 1001: Field "price".*2 digits/)
  })

  test('takes the right to import, and the right to make tables in the service', async () => {
    await using gw = await withDatabase()
    const { ask } = gw
    const idOf = async (name: string) => (await ask('GET', `system/service?filter=name=${name}`)).body.resource[0].id
    const [db, system] = [await idOf('db'), await idOf('system')]
    const access = (service_id: number, component: string, verb_mask: number) => ({
      service_id,
      component,
      verb_mask,
      requestor_mask: 3,
    })
    const user = (
      await ask('POST', 'system/user', { resource: [{ name: 'Ann', email: 'ann@gw.test', is_active: true }] })
    ).body.resource[0]
    const keyOf = async (name: string, rows: readonly object[]) => {
      const [role] = (
        await ask('POST', 'system/role', {
          resource: [{ name, is_active: true, role_service_access_by_role_id: rows }],
        })
      ).body.resource
      const app = await ask('POST', 'system/app?fields=api_key', {
        resource: [{ name, type: 0, is_active: true, role_id: role.id }],
      })
      const key: string = app.body.resource[0].api_key
      return { 'x-dreamfactory-api-key': key, 'x-dreamfactory-session-token': `${user.id}` }
    }
    const importing = access(system, 'import', 2)
    const everything = await keyOf('everything', [importing, access(db, '*', 31)])
    const reading = await keyOf('reading', [importing, access(db, '*', 1)])
    const outside = await keyOf('outside', [access(db, '*', 31)])
    const makingOnly = await keyOf('making', [
      importing,
      access(db, '_schema/*', 2),
      access(db, '_schema/', 2),
      access(db, '_schema', 2),
    ])
    expect((await send(gw, 'a\n1\n', { headers: everything })).status).toBe(201)
    const refused = async (headers: Record<string, string>) =>
      (await send(gw, 'a\n1\n', { name: 'other.csv', headers })).status
    expect(await refused(reading)).toBe(403)
    expect(await refused(outside)).toBe(403)
    expect(await refused({})).toBe(400)
    expect((await ask('GET', 'db/_schema/other')).status).toBe(404)
    // Who may make a table and not drop it leaves it behind, and is told so.
    const left = await send(gw, 'a\n1\n', { name: 'other.csv', headers: makingOnly })
    expect([left.status, messageOf(left)]).toEqual([403, expect.stringContaining('could not be dropped')])
  })

  test('fetches from addresses under the egress rules, and from nowhere else', async () => {
    const server = createServer((asked, response) => {
      if (asked.url !== '/files/bought.csv?v=1') return response.writeHead(404).end()
      response.setHeader('content-type', 'text/csv').end('id,name\n1,a\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const address = `http://127.0.0.1:${port}/files/bought.csv?v=1`
      const withUrl = (gw: Opened, import_url: string) => gw.ask('POST', 'system/import', { import_url })
      {
        await using closed = await withDatabase()
        for (const url of [
          address,
          'http://localhost/x.csv',
          'http://[::1]/x.csv',
          'http://169.254.169.254/latest',
          'http://0x7f000001/x.csv',
        ])
          expect([url, (await withUrl(closed, url)).status]).toEqual([url, 403])
        for (const url of ['file:///etc/passwd', 'ftp://gw.test/x.csv', 'data:text/csv,a', 'nothing'])
          expect([url, (await withUrl(closed, url)).status]).toEqual([url, 400])
      }
      await using gw = await withDatabase(STORES[0], { egress: { allow: [`127.0.0.1:${port}`] } })
      expect(await withUrl(gw, address)).toEqual({ status: 201, body: { resource: '/api/v2/db/_table/bought' } })
      const query = `?resource=again&import_url=${encodeURIComponent(address)}`
      expect((await gw.ask('POST', `system/import${query}`)).status).toBe(201)
      expect((await withUrl(gw, `http://127.0.0.1:${port}/none.csv`)).status).toBe(502)
    } finally {
      server.close()
    }
  })

  test('of a client who leaves in the middle leaves no table', async () => {
    await using gw = await withDatabase()
    const { url } = await gw.gateway.listen({ host: '127.0.0.1', port: 0 })
    const client = request(`${url}/api/v2/system/import`, {
      method: 'POST',
      headers: { ...AS_ADMIN, 'content-type': 'multipart/form-data; boundary=xxx' },
    })
    client.on('error', () => undefined)
    client.write('--xxx\r\ncontent-disposition: form-data; name="file"; filename="left.csv"\r\n\r\nid,name\r\n')
    const statusOf = async () => (await gw.ask('GET', 'db/_schema/left')).status
    for (let line = 0; (await statusOf()) === 404; line += 500) {
      client.write(Array.from({ length: 500 }, (_, at) => `${line + at},x\r\n`).join(''))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await statusOf()).toBe(200)
    client.destroy()
    await vi.waitFor(async () => expect(await statusOf()).toBe(404), { timeout: 60_000, interval: 100 })
  })

  test('of 100,000 records is never held in memory', async () => {
    await using gw = await withDatabase()
    const boundary = 'xxx'
    const total = 100_000
    let made = 0
    let ahead = 0
    const encoder = new TextEncoder()
    async function* body() {
      yield encoder.encode(
        `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="many.csv"\r\n\r\nid,name\r\n`,
      )
      while (made < total) {
        const lines = Array.from({ length: 1_000 }, () => `${made++},${'n'.repeat(100)}`)
        yield encoder.encode(`${lines.join('\r\n')}\r\n`)
        const { body: counted } = await gw.ask('GET', 'db/_table/many?count_only=true')
        // How much has been read that is not in the table yet.
        if (typeof counted === 'number') ahead = Math.max(ahead, made - counted)
      }
      yield encoder.encode(`\r\n--${boundary}--\r\n`)
    }
    const response = await gw.gateway.fetch(
      new Request('http://gateway.test/api/v2/system/import', {
        method: 'POST',
        headers: { ...AS_ADMIN, 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: ReadableStream.from(body()),
        duplex: 'half',
      } as RequestInit),
    )
    expect([response.status, await response.json()]).toEqual([201, { resource: '/api/v2/db/_table/many' }])
    expect((await gw.ask('GET', 'db/_table/many?count_only=true')).body).toBe(total)
    expect(ahead).toBeGreaterThan(0)
    expect(ahead).toBeLessThan(25_000)
  })
})
