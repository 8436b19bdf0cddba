/** Checks on answers that are kept: the same as from the database, nobody else's, and gone with the next write. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { at } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'

const C = at('customers')

const asked = async ({ records }: SqlContext, ask: Ask): Promise<any> => {
  const { status, body, text } = await records.ask({ service: 'cached', ...ask })
  assert.equal(status, 200, `${ask.method ?? 'GET'} ${ask.path} → ${status} ${text}`)
  return body
}
/** How many statements a call needs. */
const statements = async (context: SqlContext, ask: Ask): Promise<number> => {
  context.spy.forget()
  await asked(context, ask)
  return context.spy.statements.length
}
/** The rows may have been brought back behind the cache's back. */
const emptied = (context: SqlContext) => asked(context, { path: C, query: { refresh: true, limit: 1 } })

const active = (value: string): RoleSpec => ({
  access: [{ component: '*', filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value }] } }],
})
/** One role for two users: the same filter, with other values. */
const own = (flag: boolean): RoleSpec => ({
  access: [{ component: '*', filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: '{mine}' }] } }],
  lookups: { mine: flag },
})

export const cachingChecks: readonly Check<SqlContext>[] = [
  sqlCheck('an answer that is kept is the same as the first, and needs no statement', async (context) => {
    await emptied(context)
    const asks: readonly Ask[] = [
      { path: C, query: { order: 'id' } },
      { path: C, query: { order: 'id', include_count: true, limit: 2 } },
      { path: C, query: { filter: "name = 'Ada'" }, headers: { accept: 'text/csv' } },
      { path: at('customers', 1) },
      { path: C, query: { ids: '3,1' } },
      { path: C, query: { count_only: true, filter: 'id > 3' } },
      { path: C, query: { group: 'active', fields: 'active,COUNT(*)' } },
      { path: at('samples') },
    ]
    for (const ask of asks) {
      const direct = await asked(context, { ...ask, service: 'db' })
      assert.ok((await statements(context, ask)) > 0, JSON.stringify(ask))
      assert.equal(await statements(context, ask), 0, `asked again: ${JSON.stringify(ask)}`)
      assert.deepEqual(await asked(context, ask), direct)
    }
    assert.ok((await statements(context, { path: C, query: { order: 'id', limit: 3 } })) > 0)
    assert.ok((await statements(context, { path: at('customers', 1), query: { refresh: true } })) > 0)
    assert.ok((await statements(context, { path: C, query: { stream: true } })) > 0)
    assert.ok((await statements(context, { path: C, query: { stream: true } })) > 0)
  }),
  sqlCheck("no caller gets another's rows or fields from the cache", async (context) => {
    const free = await asked(context, { service: 'db', path: C, query: { order: 'id' } })
    const expected = (flag: boolean) => free.resource.filter((row: any) => row.active === flag)
    const discreet: RoleSpec = { access: [{ component: '*', deny: ['notes'] }] }
    const callers: readonly [RoleSpec | undefined, readonly any[]][] = [
      [undefined, free.resource],
      [active('true'), expected(true)],
      [active('false'), expected(false)],
      [own(true), expected(true)],
      [own(false), expected(false)],
      [discreet, free.resource.map(({ notes: _, ...row }: any) => row)],
    ]
    await emptied(context)
    for (let round = 0; round < 3; round++) {
      for (const [at, [as, rows]] of callers.entries()) {
        const { resource } = await asked(context, { path: C, query: { order: 'id' }, as })
        assert.deepEqual(resource, rows, `caller ${at} in round ${round}`)
        assert.equal(await asked(context, { path: C, query: { count_only: true }, as }), rows.length)
      }
    }
    const inactive = free.resource.find((row: any) => !row.active).id
    await asked(context, { path: at('customers', inactive) })
    const refusedTo = await context.records.ask({
      service: 'cached',
      path: at('customers', inactive),
      as: active('true'),
    })
    assert.equal(refusedTo.status, 404)
    const nobody = await context.records.ask({ service: 'cached', path: C, as: { access: [] } })
    assert.ok([401, 403].includes(nobody.status))
  }),
  sqlCheck('every write is seen at once, also by way of a view and of a relation', async (context) => {
    await emptied(context)
    const writes: readonly Ask[] = [
      { method: 'POST', path: C, body: [{ id: 61, name: 'Zoe', email: 'zoe@x.example', active: true }] },
      { method: 'PATCH', path: at('customers', 61), body: { name: 'Zora' } },
      { method: 'PUT', path: C, query: { filter: 'id = 61' }, body: [{ name: 'Zelda' }] },
      { method: 'PATCH', path: C, body: [{ id: 61, name: 'Zita' }] },
      { method: 'PATCH', path: C, query: { rollback: true }, body: [{ id: 61, name: 'Zuzu' }] },
      {
        method: 'POST',
        path: C,
        query: { stream: true },
        body: '{"id":62,"name":"Yara","email":"yara@x.example"}\n',
        headers: { 'content-type': 'application/x-ndjson' },
      },
      { method: 'DELETE', path: at('customers', 61) },
      { method: 'DELETE', path: C, query: { ids: '62' } },
    ]
    const reads: readonly Ask[] = [
      { path: C, query: { order: 'id' } },
      { path: C, query: { count_only: true } },
      { path: at('active_customers'), query: { order: 'id' } },
      { path: at('orders'), query: { related: '*', order: 'id' } },
    ]
    for (const write of writes) {
      for (const read of reads) await asked(context, read)
      await asked(context, write)
      for (const read of reads)
        assert.deepEqual(
          await asked(context, read),
          await asked(context, { ...read, service: 'db' }),
          `${JSON.stringify(read)} after ${JSON.stringify(write)}`,
        )
    }
    await asked(context, { path: at('journal') })
    await asked(context, { method: 'DELETE', path: at('journal'), query: { force: true } })
    assert.deepEqual((await asked(context, { path: at('journal') })).resource, [])
  }),
  sqlCheck('a write that fails, or is undone, leaves no answer behind that never was', async (context) => {
    await emptied(context)
    const read: Ask = { path: C, query: { order: 'id' } }
    const before = await asked(context, read)
    const failing = {
      method: 'PATCH',
      path: C,
      query: { rollback: true },
      body: [
        { id: 1, name: 'X' },
        { id: 999, name: 'Y' },
      ],
    }
    assert.equal((await context.records.ask({ service: 'cached', ...failing })).status, 400)
    assert.deepEqual(await asked(context, read), before)
    const { rollback: _, ...query } = failing.query
    assert.equal((await context.records.ask({ service: 'cached', ...failing, query })).status, 400)
    assert.equal((await asked(context, read)).resource[0].name, 'X')
  }),
]
