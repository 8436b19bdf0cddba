import { request } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { fieldTypes, messageOf, send, withDatabase } from './importing.ts'
import { AS_ADMIN } from './opened.ts'
import { STORES } from './stores.ts'

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

    test('that is not there when the client leaves in the middle', async () => {
      await using gw = await withDatabase(kind)
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
  })
