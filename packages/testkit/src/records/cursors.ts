/** Checks on paging with a cursor, while records come and go. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { at, given, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

const C = at('customers')
const ids = (rows: readonly any[]) => rows.map((row) => row.id)

/** All pages, one after the other; `between` runs after each. */
const pages = async (
  context: RecordsContext,
  query: Readonly<Record<string, unknown>>,
  between: (page: number) => Promise<void> = async () => {},
): Promise<any[]> => {
  const all: any[] = []
  let cursor: string | undefined = ''
  for (let page = 0; cursor !== undefined; page++) {
    assert.ok(page < 50, 'the pages have no end')
    const body: any = await given(context, { path: C, query: { limit: 3, ...query, cursor } })
    all.push(...body.resource)
    cursor = body.meta?.next_cursor
    if (cursor !== undefined) await between(page)
  }
  return all
}

export const cursorChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('pages behind a cursor are the whole list, in every order', async (context) => {
    const orders = [
      undefined,
      'id desc',
      'active',
      'active desc,name',
      'email desc',
      'credit',
      'credit desc nulls first',
      'born nulls first,credit desc',
      'credit desc nulls last,id desc',
      'created,active',
      'name,id',
    ]
    for (const order of orders) {
      for (const limit of [1, 2, 3, 5, 10]) {
        const found = await pages(context, { ...(order && { order }), limit })
        const total = (order ?? 'id')
          .split(',')
          .map((item) => (/credit|born|created/.test(item) && !item.includes('nulls') ? `${item} nulls last` : item))
        const whole = await given(context, { path: C, query: { order: [...total, 'id'].join() } })
        assert.deepEqual(found, whole.resource, `${order} by ${limit}`)
      }
    }
  }),
  recordsCheck(
    'a cursor keeps its place while records come and go',
    async (context) => {
      const found = await pages(context, { order: 'name', fields: 'id' }, async (page) => {
        if (page !== 0) return
        const resource = [
          { id: 21, name: 'Aaa', email: 'aaa@example.com' },
          { id: 22, name: 'Zoe', email: 'zoe@example.com' },
        ]
        await given(context, { method: 'DELETE', path: C, query: { ids: '3,9' } })
        const created = await context.ask({ method: 'POST', path: C, body: { resource } })
        assert.ok(created.status < 300, created.text)
      })
      assert.deepEqual(
        found,
        [1, 2, 3, 4, 5, 6, 7, 8, 10, 22].map((id) => ({ id })),
      )
    },
    'foreignKeys',
  ),
  recordsCheck('thousands of records that stay are each found once while others come and go', async (context) => {
    const path = at('samples')
    const record = (id: number) => ({ id, big: (id * 7_919) % 101, flag: id % 2 === 0 })
    for (let part = 0; part < 3; part++) {
      const resource = Array.from({ length: 1_000 }, (_, row) => record(part * 1_000 + row + 1))
      await given(context, { method: 'POST', path, body: { resource } })
    }
    let round = 0
    const disturb = async () => {
      round += 1
      const gone = [round * 20, round * 20 + 1_000, round * 20 + 2_000].join()
      await Promise.all([
        given(context, { method: 'DELETE', path, query: { ids: gone } }),
        given(context, { method: 'POST', path, body: [record(10_000 + round), record(20_000 + round * 37)] }),
      ])
    }
    const counts = new Map<number, number>()
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const reading: Promise<any> = given(context, {
        path,
        query: { order: 'big desc', fields: 'id', limit: 100, cursor },
      })
      // Beside the page, not only between two.
      const [page] = await Promise.all([reading, disturb()])
      for (const { id } of page.resource) counts.set(id, (counts.get(id) ?? 0) + 1)
      cursor = page.meta?.next_cursor
    }
    for (let id = 1; id <= 3_000; id++)
      if (id % 20 !== 0) assert.equal(counts.get(id), 1, `record ${id} was found ${counts.get(id) ?? 0} times`)
    assert.ok([...counts.values()].every((count) => count === 1))
  }),
  recordsCheck('the fields of the order are answered only where they are asked for', async (context) => {
    const body = await given(context, { path: C, query: { cursor: '*', order: 'credit', fields: 'name', limit: 1 } })
    assert.deepEqual(body.resource, [{ name: 'Emil' }])
    assert.deepEqual(Object.keys(body.meta), ['next_cursor'])
    assert.deepEqual(
      ids(await pages(context, { filter: 'active = true', fields: 'id' })),
      ids(seedOf('customers').filter((row) => row.active)),
    )
  }),
  recordsCheck('a cursor of another order, or none at all, is refused', async (context) => {
    const { meta } = await given(context, { path: C, query: { cursor: '', order: 'name', limit: 1 } })
    const cursor = meta.next_cursor
    for (const query of [
      { cursor, order: 'name desc' },
      { cursor },
      { cursor, order: 'name', offset: 1 },
      { cursor: 'x' },
      { cursor: 'e30' },
      { cursor: 'bnVsbA' },
      { cursor: `${cursor}x`, order: 'email' },
      { cursor: '', group: 'name' },
      { cursor: '', ids: '1' },
    ])
      await refused(context, { path: C, query }, 400)
    await refused(context, { path: at('orders'), query: { cursor } }, 400)
    if (!context.lacks.includes('keys'))
      await refused(context, { path: at('journal'), query: { cursor: '' } }, 400, /no key/)
  }),
]
