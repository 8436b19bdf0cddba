import { GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import type { RecordsSource } from '../src/index.ts'
import { type Ask, api, FREE, PEOPLE, shop, watched } from './gateway.ts'

const C = '/_table/customers'
const record = (id: number, more: object = {}) => ({ id, name: `N${id}`, email: `n${id}@example.com`, ...more })
const taken = {
  code: 409,
  context: { fields: ['email'] },
  message: 'A record with the same "email" already exists in "customers".',
  status_code: 409,
}
const missing = { code: 404, context: null, message: "Record with identifier '99' not found.", status_code: 404 }

const CALLS: readonly (readonly [
  string,
  string,
  Ask,
  object,
  readonly object[],
  readonly number[],
  readonly number[],
])[] = [
  // What is called, what it makes of records, with what; the failure, the successes, and who is changed by stopping and by going on.
  [
    'POST',
    'created',
    { body: [record(21), record(22, { email: 'ada@example.com' }), record(23)] },
    taken,
    [{ id: 21 }, { id: 23 }],
    [21],
    [21, 23],
  ],
  [
    'PATCH',
    'updated',
    {
      body: [
        { id: 3, name: 'u' },
        { id: 99, name: 'u' },
        { id: 4, name: 'u' },
      ],
    },
    missing,
    [{ id: 3 }, { id: 4 }],
    [3],
    [3, 4],
  ],
  ['PUT', 'updated', { query: { ids: '3,99,4' }, body: [{ name: 'u' }] }, missing, [{ id: 3 }, { id: 4 }], [3], [3, 4]],
  ['DELETE', 'deleted', { query: { ids: '3,99,4' } }, missing, [{ id: 3 }, { id: 4 }], [3], [3, 4]],
  ['DELETE', 'deleted', { body: [{ id: 3 }, { id: 99 }, { id: 4 }] }, missing, [{ id: 3 }, { id: 4 }], [3], [3, 4]],
]

/** The ids whose rows are not as they were. */
const changed = async (source: RecordsSource): Promise<number[]> => {
  const rows: any[] = (await api(source).ask(`GET ${C}`)).resource
  const before = new Map(PEOPLE.map((row) => [row.id, JSON.stringify(row)]))
  const now = new Map(rows.map((row) => [row.id, JSON.stringify(row)]))
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id)) as number[]
}
const withQuery = (ask: Ask, query: object): Ask => ({ ...ask, query: { ...ask.query, ...query } })

describe.each(CALLS)('%s: %s', (method, verb, ask, failure, successes, stopped, all) => {
  test('by default, what came before the failure stays and the rest is left alone', async () => {
    const source = shop()
    const error = await api(source).refused(`${method} ${C}`, ask)
    expect(error.message).toBe(`Batch Error: Not all requested records could be ${verb}.`)
    expect(error.wire).toEqual({ status: 400, code: 1000, context: { error: [1], resource: [successes[0], failure] } })
    expect(await changed(source)).toEqual(stopped)
  })
  test('with continue, everything that can be done is done', async () => {
    const source = shop()
    const error = await api(source).refused(`${method} ${C}`, withQuery(ask, { continue: true }))
    expect(error.message).toBe(`Batch Error: Not all requested records could be ${verb}.`)
    expect(error.wire?.context).toEqual({ error: [1], resource: [successes[0], failure, successes[1]] })
    expect(await changed(source)).toEqual(all)
  })
  test('with rollback, nothing is done', async () => {
    const source = shop()
    const error = await api(source).refused(`${method} ${C}`, withQuery(ask, { rollback: true }))
    expect(error.message).toBe(`Batch Error: Not all requested records could be ${verb}. All changes rolled back.`)
    expect(error.wire?.context).toMatchObject({ error: [1] })
    expect((error.wire!.context as any).resource.slice(0, 2)).toEqual([successes[0], failure])
    expect(await changed(source)).toEqual([])
  })
  test('rollback is refused by a source without transactions', async () => {
    const source = { ...shop(), capabilities: { transactions: false, insensitiveLike: true } }
    expect((await api(source).refused(`${method} ${C}`, withQuery(ask, { rollback: true }))).code).toBe('not_supported')
    expect(await changed(source)).toEqual([])
  })
})

test('one record that fails is a batch error too', async () => {
  const error = await api(shop()).refused(`POST ${C}`, { body: [record(30, { email: 'ada@example.com' })] })
  expect(error.wire).toEqual({ status: 400, code: 1000, context: { error: [0], resource: [taken] } })
})

test('several failures are all listed when the batch goes on', async () => {
  const body = [record(1), { nope: 1 }, record(31), 'text', record(32, { owner_id: 'x' })]
  const error = await api(shop()).refused(`POST ${C}`, { body, query: { continue: 'yes' } })
  const context = error.wire?.context as any
  expect(context.error).toEqual([0, 1, 3, 4])
  expect(context.resource.map((one: any) => one.message ?? one)).toEqual([
    'A record with the same "id" already exists in "customers".',
    'No valid fields were found in record.',
    { id: 31 },
    'The request contains no valid record fields.',
    "Field 'owner_id' must be a valid integer.",
  ])
})

test('rollback of a batch that goes well keeps all of it, in one statement', async () => {
  const source = watched(shop())
  const answer = await api(source).ask(`POST ${C}`, { body: [record(21), record(22)], query: { rollback: true } })
  expect(answer.resource).toEqual([{ id: 21 }, { id: 22 }])
  expect(source.ran).toHaveLength(1)
  expect(await changed(source)).toEqual([21, 22])
})

test('options of a batch may stand in its body', async () => {
  const source = shop()
  const resource = [record(21), record(22, { email: 'ada@example.com' })]
  await api(source).refused(`POST ${C}`, { body: { resource, rollback: true } })
  expect(await changed(source)).toEqual([])
  expect(
    (await api(source).refused(`POST ${C}`, { body: { resource, rollback: true, continue: true } })).message,
  ).toMatch(/^Rollback and continue/)
})

describe('a source in trouble', () => {
  const down = new GwError('unavailable', 'The database can not be reached; try again later.')
  /** Fails from the nth statement of a kind on. */
  const failing = (name: 'insert' | 'update' | 'delete', from: number, error: unknown = down) => {
    const source = shop()
    let ran = 0
    const statement = (plan: any, values: any, options: any) => {
      if (++ran >= from) throw error
      return (source[name] as any)(plan, values, options)
    }
    return watched(source, { [name]: async (...args: [any, any, any]) => statement(...args) })
  }
  test('surfaces as itself where nothing was done before, in every mode', async () => {
    for (const query of [{}, { continue: true }, { rollback: true }]) {
      const source = failing('insert', 1)
      expect(await api(source).refused(`POST ${C}`, { body: [record(21), record(22)], query })).toBe(down)
      expect(source.ran).toHaveLength(1)
    }
  })
  test('is part of the batch where something was done, and ends it', async () => {
    for (const query of [{}, { continue: true }]) {
      const source = failing('update', 2)
      const body = [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
        { id: 3, name: 'c' },
      ]
      const error = await api(source).refused(`PATCH ${C}`, { body, query })
      expect(error.wire?.context).toEqual({
        error: [1],
        resource: [{ id: 1 }, { code: 503, context: null, message: down.message, status_code: 503 }],
      })
      expect(source.ran).toHaveLength(2)
    }
  })
  test('undoes a rollback batch', async () => {
    const source = failing('update', 2)
    const body = [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]
    const error = await api(source).refused(`PATCH ${C}`, { body, query: { rollback: true } })
    expect(error.message).toMatch(/All changes rolled back\.$/)
    expect(await changed(source)).toEqual([])
  })
  test('that throws what is no error of ours surfaces untouched', async () => {
    const bug = new TypeError('x is not a function')
    await expect(
      api(failing('delete', 1, bug)).ask(`DELETE ${C}`, { query: { ids: '1,2', continue: true } }),
    ).rejects.toBe(bug)
  })
})

describe('a refusal', () => {
  const grant = {
    filters: [{ op: 'AND' as const, conditions: [{ name: 'owner_id', operator: '=', value: 7 }] }],
    deny: [],
  }
  const [good, bad] = [record(21, { owner_id: 7 }), record(22, { owner_id: 8 })]
  test('surfaces as itself where nothing was done', async () => {
    for (const ask of [
      { body: [bad] },
      { body: [bad, good] },
      { body: [bad, bad], query: { continue: true } },
      { body: [bad], query: { rollback: true } },
    ]) {
      const source = shop()
      expect((await api(source).refused(`POST ${C}`, { ...ask, grant })).code).toBe('forbidden')
      expect(await changed(source)).toEqual([])
    }
  })
  test('is one record’s failure where others were stored', async () => {
    const source = shop()
    const error = await api(source).refused(`POST ${C}`, { body: [bad, good], query: { continue: true }, grant })
    expect(error.wire?.context).toMatchObject({ error: [0], resource: [{ code: 403, status_code: 403 }, { id: 21 }] })
    expect(await changed(source)).toEqual([21])
  })
})

test('a call that is aborted stops between records', async () => {
  const controller = new AbortController()
  const source = shop()
  const update: RecordsSource['update'] = (plan, values, options) => {
    controller.abort(new Error('gone'))
    return source.update(plan, values, { ...options, signal: new AbortController().signal })
  }
  const body = [
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
  ]
  await expect(api({ ...source, update }).ask(`PATCH ${C}`, { body, signal: controller.signal })).rejects.toThrow(
    'gone',
  )
  expect(await changed(source)).toEqual([1])
})

test('a list of bare identifiers is answered whatever fields say', async () => {
  const shown = api(shop())
  for (const [line, ask] of [
    [`POST ${C}`, { body: [record(21)] }],
    [`PATCH ${C}`, { body: [{ id: 21, name: 'x' }] }],
    [`PATCH ${C}`, { body: [{ id: 21 }] }],
    [`GET ${C}`, { query: { ids: '21' } }],
    [`DELETE ${C}`, { query: { ids: '21' } }],
  ] as const) {
    const query = { ...(ask as Ask).query, as_list: true, fields: 'name' }
    expect((await shown.ask(line, { ...ask, query, grant: FREE })).resource).toEqual([{ id: 21 }])
  }
})
