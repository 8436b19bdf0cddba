/** Several calls made one: where their statements run, what may be one, and where references are looked for. */
import { GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import type { RecordsSource, Transaction } from '../src/index.ts'
import { references } from '../src/steps/references.ts'
import { api, shop } from './gateway.ts'

const STATEMENTS = ['read', 'count', 'group', 'insert', 'update', 'delete', 'truncate'] as const

/** A source that fails where something of it is used beside the transaction that is open. */
const guarded = () => {
  const source = shop()
  const used = new Set<string>()
  let current: Transaction | undefined
  let transactions = 0
  const statements = Object.fromEntries(
    STATEMENTS.map((name) => [
      name,
      (plan: never, values: never, options: { readonly transaction?: Transaction }) => {
        if (current && options.transaction !== current) throw new Error(`${name} outside of the transaction`)
        used.add(name)
        return source[name]!(plan, values, options as never)
      },
    ]),
  )
  const beside = (name: string) => () => {
    throw new Error(`${name} inside of a batch`)
  }
  return {
    used,
    transactions: () => transactions,
    source: {
      ...source,
      ...statements,
      readEncoded: beside('readEncoded'),
      stream: beside('stream'),
      savepoint: beside('savepoint'),
      refresh: beside('refresh'),
      transaction: <T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal) =>
        source.transaction!(async (transaction) => {
          transactions++
          current = transaction
          try {
            return await work(transaction)
          } finally {
            current = undefined
          }
        }, signal),
    } as unknown as RecordsSource,
  }
}
const T = '_table/customers'
const kim = { name: 'Kim' }

describe('the statements of a batch', () => {
  test('run in its one transaction, whatever the steps are', async () => {
    const { source, used, transactions } = guarded()
    const ORDERS = 'orders_by_customer_id'
    const steps = [
      { method: 'POST', path: T, body: [kim, kim] },
      { method: 'POST', path: T, body: [kim, { ...kim, credit: 1 }], query: { rollback: true, fields: '*' } },
      { method: 'POST', path: T, body: [{ ...kim, [ORDERS]: [{ total: 1 }] }], query: { related: ORDERS } },
      { method: 'GET', path: T, query: { related: ORDERS, limit: 2, include_count: true } },
      { method: 'GET', path: T, query: { ids: '1,2' } },
      { method: 'GET', path: T, query: { count_only: true } },
      { method: 'GET', path: T, query: { group: 'active', fields: 'active,COUNT(*)' } },
      { method: 'GET', path: `${T}/1` },
      { method: 'PATCH', path: `${T}/1`, body: { ...kim, [ORDERS]: [{ id: 2, total: 5 }] } },
      {
        method: 'PUT',
        path: T,
        body: [
          { id: 1, name: 'A' },
          { id: 2, name: 'B' },
        ],
        query: { continue: true },
      },
      { method: 'PATCH', path: T, body: [kim], query: { ids: '1,2', fields: '*' } },
      { method: 'PATCH', path: T, body: [kim], query: { filter: 'id < 3', fields: '*' } },
      { method: 'PATCH', path: `${T}/400`, body: kim },
      { method: 'DELETE', path: '_table/orders/1' },
      { method: 'DELETE', path: '_table/orders', query: { ids: '2' } },
      { method: 'DELETE', path: '_table/lines', query: { filter: 'line = 1' } },
      { method: 'DELETE', path: '_table/journal', query: { force: true } },
    ]
    const { steps: done } = await api(source, { allowUpsert: true }).ask('POST /_batch', { body: { steps } })
    expect(done.map(({ status }: { status: number }) => status)).toEqual(steps.map(() => 200))
    expect([[...used].toSorted(), transactions()]).toEqual([STATEMENTS.toSorted(), 1])
  })
})

describe('a step', () => {
  test('is a call on records and nothing else, wherever its path leads', async () => {
    const { source, transactions } = guarded()
    const shown = api(source)
    const allowed: string[] = []
    for (const line of shown.lines) {
      const [method, path] = line.split(' ') as [string, string]
      const names = { table_name: 'customers', id: '1' } as Record<string, string>
      const leads = path.slice(1).replace(/\{(\w+)\*?\}/g, (_, name: string) => names[name] ?? 'name')
      const before = transactions()
      // Its body is wrong, so that none of them is carried out.
      const steps = [{ method, path: '_table/anything', body: 'wrong' }]
      const asked = await shown
        .ask('POST /_batch', { body: { steps }, leads: () => leads })
        .catch((error: unknown) => error)
      if (GwError.is(asked) && /can not be a step/.test(asked.message)) expect(transactions(), line).toBe(before)
      else allowed.push(line)
    }
    expect(allowed.toSorted()).toEqual(
      ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].flatMap((method) => [
        `${method} /_table/{table_name}`,
        `${method} /_table/{table_name}/{id}`,
      ]),
    )
  })
})

describe('references', () => {
  const { resolve } = references(new Map([['a', { resource: [{ id: 5, text: 'name' }] }]]))
  const ref = { $ref: 'a.resource.0.text' }
  const OPTIONS = ['filter', 'fields', 'order', 'group', 'limit', 'offset', 'related', 'select', 'where', 'sort', 'x']

  test('are refused in place of an option', () => {
    for (const name of OPTIONS)
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE'] as const)
        expect(() => resolve(method, { resource: [], [name]: ref }), name).toThrow(`stand for '${name}'`)
  })
  test('are not looked for inside of options', () => {
    for (const name of OPTIONS)
      for (const value of [[ref], { deep: ref }, [[ref]], { $value: ref }])
        expect(resolve('GET', { [name]: value })).toEqual({ [name]: value })
    expect(resolve('GET', { params: { ':a': [ref], ':b': { deep: ref } } })).toEqual({
      params: { ':a': [ref], ':b': { deep: ref } },
    })
    expect(resolve('GET', { ids: [[ref]] })).toEqual({ ids: [[ref]] })
  })
  test('stand for values, ids and parameters', () => {
    expect(resolve('POST', { resource: [{ n: ref, in: [ref] }] })).toEqual({ resource: [{ n: 'name', in: ['name'] }] })
    expect(resolve('GET', { ids: [{ $ref: 'a.resource.0.id' }], params: { ':a': ref } })).toEqual({
      ids: [5],
      params: { ':a': 'name' },
    })
  })
})
