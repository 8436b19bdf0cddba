import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { fieldTypes, messageOf, send, withDatabase } from './importing.ts'
import { AS_ADMIN, type Opened } from './opened.ts'
import { STORES } from './stores.ts'

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
    expect(messageOf(await send(gw, '[{"a":1},[1]]', { name: 'x.json' }))).toContain('Record 2: ')
    const inexact = await send(gw, '[{"a":1},{"a":9007199254740993}]', { name: 'x.json' })
    expect([inexact.status, messageOf(inexact)]).toEqual([400, expect.stringMatching(/^Record 2: .*2\^53/)])
    expect((await send(gw, new Uint8Array([0x61, 0x0a, 0xff, 0xfe]))).status).toBe(400)
    // They end while the rest of the form is still on its way.
    const much = `a\n${'1\n'.repeat(200_000)}`
    for (const name of ['x.xlsm', 'x.xls', 'x.ods', 'x.bin', 'x'])
      expect((await send(gw, much, { name })).status).toBe(415)
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
