/**
 * The native types of a database, with their extremes: written by the database's own client and read through the
 * gateway on every path, and written through the gateway and compared by the database itself.
 */
import assert from 'node:assert/strict'
import type { ServiceType } from '@gw/core'
import type { Check } from '../check.ts'
import { EVERYTHING } from '../governance.ts'
import { openGateway, requestOf, type TestGateway } from '../harness.ts'
import { bind } from '../suite.ts'

export interface NativeType {
  /** As a column is declared. */
  readonly type: string
  /** Literals of the database, and what the API gives for them. */
  readonly values: readonly (readonly [literal: string, wire: unknown])[]
  /** Why its values can not be written through the API; otherwise they are, in the form that they are read in. */
  readonly readOnly?: string
  /** Why no filter can find its values; otherwise each is found by the form that it is read in. */
  readonly unfound?: string
  /** What a filter that can not find its values is told; LIKE then has to find each by its text. */
  readonly advice?: RegExp
  /** Why its values are in no order; otherwise a value is found by `>=`, too. */
  readonly unordered?: string
}

export interface NativesOptions {
  readonly type: ServiceType<any>
  readonly natives: readonly NativeType[]
  /** An empty database: how the service reaches it, and how its own client asks it. */
  prepare(): Promise<{
    readonly config: Readonly<Record<string, unknown>>
    run(...statements: readonly string[]): Promise<readonly any[]>
    close(): Promise<void>
  }>
  /** A condition of the database: both columns hold the very same value, null included. */
  same(one: string, other: string): string
}

interface NativesContext {
  readonly gateway: TestGateway
  run(...statements: readonly string[]): Promise<readonly any[]>
  close(): Promise<void>
}

const tableOf = (index: number): string => `native_${index}`
/** What is written through the gateway stands so far behind what it was read from. */
const BEHIND = 100
/** Values of one type, at most. */
const MOST = 20

const open = async ({ type, natives, prepare }: NativesOptions): Promise<NativesContext> => {
  const { config, run, close } = await prepare()
  const holders = Array.from({ length: MOST }, (_, at) => `(${at + 1}), (${at + 1 + BEHIND})`)
  const script = natives.flatMap(({ type: declared, values }, index) => [
    `create table ${tableOf(index)} (id integer primary key, value ${declared} null, foreign key (id) references holders (id))`,
    ...[...values.map(([literal]) => literal), 'null'].map(
      (literal, at) => `insert into ${tableOf(index)} (id, value) values (${at + 1}, ${literal})`,
    ),
  ])
  await run(
    'create table holders (id integer primary key)',
    `insert into holders (id) values ${holders.join()}`,
    ...script,
  )
  const gateway = await openGateway({
    services: { db: { type, config }, texts: { type, config: { ...config, json_as_text: true } } },
  })
  return { gateway, run, close }
}

/** The JSON text of each record's value, as one path of the gateway gives it. */
const paths = (table: string, count: number) => {
  const ids = Array.from({ length: count }, (_, at) => at + 1)
  const path = `_table/${table}`
  const order = { order: 'id' }
  const listed = (text: string) => JSON.parse(text).resource as readonly { readonly value: unknown }[]
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return [
    { name: 'a page', ask: { path, query: order }, read: listed },
    { name: 'ids', ask: { path, query: { ids: ids.join() } }, read: listed },
    { name: 'a cursor', ask: { path, query: { ...order, cursor: '', limit: 100 } }, read: listed },
    { name: 'a stream', ask: { path, query: { ...order, stream: true } }, read: listed },
    { name: 'lines', ask: { path, query: order, headers: { accept: 'application/x-ndjson' } }, read: lines },
    { name: 'a page with relations', ask: { path, query: { ...order, related: '*' } }, read: listed },
    {
      name: 'those to which they belong',
      ask: { path: '_table/holders', query: { ...order, limit: count, related: `${table}_by_id` } },
      read: (text: string) => listed(text).map((row: any) => row[`${table}_by_id`]),
    },
    ...ids.map((id) => ({
      name: `record ${id}`,
      ask: { path: `${path}/${id}` },
      at: id - 1,
      read: (text: string) => [JSON.parse(text)],
    })),
  ] as const
}

const nativeCheck = (
  { type, values, readOnly, unfound, advice, unordered }: NativeType,
  index: number,
  same: NativesOptions['same'],
) => {
  const table = tableOf(index)
  const wire = [...values.map(([, value]) => value), null]
  const ask = async ({ gateway }: NativesContext, asked: Parameters<typeof requestOf>[0]) => {
    const response = await gateway.gateway.fetch(requestOf(asked, gateway.governance.keyOf(EVERYTHING)))
    const text = await response.text()
    assert.equal(response.status, 200, `${type}: ${asked.method ?? 'GET'} ${asked.path} → ${text.slice(0, 400)}`)
    return text
  }
  const reads: Check<NativesContext> = {
    name: `${type} is read alike on every path`,
    async run(context) {
      for (const one of paths(table, wire.length)) {
        const found = one.read(await ask(context, one.ask)).map(({ value }) => value)
        assert.deepEqual(found, 'at' in one ? [wire[one.at]] : wire, `${type} by ${one.name}`)
      }
    },
  }
  const writes: Check<NativesContext> = {
    name: `${type} is written as it is read`,
    requires: () => readOnly,
    async run(context) {
      const resource = wire.map((value, at) => ({ id: at + 1 + BEHIND, value }))
      const created = await ask(context, {
        method: 'POST',
        path: `_table/${table}`,
        query: { fields: 'value' },
        body: { resource },
      })
      assert.deepEqual(
        JSON.parse(created).resource,
        wire.map((value) => ({ value })),
        `${type} as it was created`,
      )
      const differing = await context.run(
        `select a.id from ${table} a join ${table} b on b.id = a.id + ${BEHIND} where not (${same('a.value', 'b.value')})`,
      )
      assert.deepEqual(differing, [], `${type}: values ${JSON.stringify(differing)} were lost`)
      const [counted] = await context.run(`select count(*) as n from ${table} where id > ${BEHIND}`)
      assert.equal(Number(counted.n), wire.length)
      await context.run(`delete from ${table} where id > ${BEHIND}`)
    },
  }
  const equals = ['value = :wanted', 'value in (:wanted)']
  /** Each value by filters of its own; only the status counts where none can find it. */
  const filtered = (value: unknown) =>
    (value === null ? ['value is null'] : equals.concat(unordered ? [] : 'value >= :wanted')).map((filter) => ({
      filter,
      ask: {
        method: 'POST',
        path: `_table/${table}`,
        headers: { 'x-http-method': 'GET' },
        body: { filter, params: { ':wanted': value }, fields: 'id' },
      } as const,
    }))
  const finds: Check<NativesContext> = {
    name: `${type} is found by what is read`,
    async run(context) {
      for (const [at, value] of wire.entries())
        for (const { filter, ask: asked } of filtered(value)) {
          const { resource } = JSON.parse(await ask(context, asked)) as { resource: readonly { id: number }[] }
          const ids = resource.map(({ id }) => id)
          assert.ok(ids.includes(at + 1), `${type}: ${filter} with ${JSON.stringify(value)} found ${ids.join()}`)
        }
    },
  }
  const refuses: Check<NativesContext> = {
    name: `${type} is refused in a filter, and says so`,
    async run({ gateway }) {
      for (const { filter, ask: asked } of wire.filter((value) => value !== null).flatMap(filtered)) {
        const response = await gateway.gateway.fetch(requestOf(asked, gateway.governance.keyOf(EVERYTHING)))
        assert.equal(response.status, 400, `${type}: ${filter}`)
        if (advice) assert.match(((await response.json()) as any).error.message, advice)
      }
    },
  }
  const findsAlike: Check<NativesContext> = {
    name: `${type} is found by LIKE of its text`,
    async run(context) {
      for (const [at, value] of wire.entries()) {
        const params = { ':wanted': String(value).replace(/[\\%_]/g, '\\$&') }
        const filter = value === null ? 'value is null' : 'value like :wanted'
        const body = { filter, params, fields: 'id' }
        const asked = { method: 'POST', path: `_table/${table}`, headers: { 'x-http-method': 'GET' }, body } as const
        const { resource } = JSON.parse(await ask(context, asked))
        const ids = resource.map(({ id }: { id: number }) => id)
        // A value whose parts are all null counts as null, too.
        if (value === null) assert.ok(ids.includes(at + 1), `${type}: ${filter} found ${ids}`)
        else assert.deepEqual(ids, [at + 1], `${type}: ${JSON.stringify(value)}`)
      }
    },
  }
  const identifies: Check<NativesContext> = {
    name: `${type} identifies records by what is read`,
    async run(context) {
      // What is empty is no part of a path.
      for (const value of wire.filter((one) => one !== null && typeof one !== 'object' && one !== '')) {
        const path = `_table/${table}/${encodeURIComponent(String(value))}`
        const found = JSON.parse(await ask(context, { path, query: { id_field: 'value', fields: 'id,value' } }))
        assert.deepEqual(found.value, value, `${type} by ${JSON.stringify(value)}`)
      }
    },
  }
  const texts = async (context: NativesContext): Promise<readonly (string | null)[]> => {
    const asked = { service: 'texts', path: `_table/${table}`, query: { filter: `id <= ${BEHIND}`, order: 'id' } }
    return JSON.parse(await ask(context, asked)).resource.map(({ value }: { value: string | null }) => value)
  }
  const readsText: Check<NativesContext> = {
    name: `${type} is read as text where the service says so`,
    async run(context) {
      const found = await texts(context)
      assert.deepEqual(
        found.map((text) => (text === null ? null : JSON.parse(text))),
        wire,
      )
      for (const one of paths(table, wire.length)) {
        const read = one.read(await ask(context, { ...one.ask, service: 'texts' })).map(({ value }) => value)
        assert.deepEqual(read, 'at' in one ? [found[one.at]] : found, `${type} by ${one.name}`)
      }
      const query = { fields: 'value' }
      const headers = { accept: 'text/csv' }
      const csv = await ask(context, { service: 'texts', path: `_table/${table}/1`, query, headers })
      const [, ...cells] = csv.trim().split(/\r?\n/)
      const cell = cells.join('\n')
      assert.equal(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell, found[0])
    },
  }
  const writesText: Check<NativesContext> = {
    name: `${type} is written as the text that it is read as`,
    async run(context) {
      const resource = (await texts(context)).map((value, at) => ({ id: at + 1 + BEHIND, value }))
      const created = await ask(context, {
        service: 'texts',
        method: 'POST',
        path: `_table/${table}`,
        query: { fields: 'value' },
        body: { resource },
      })
      assert.deepEqual(
        JSON.parse(created).resource,
        resource.map(({ value }) => ({ value })),
      )
      const differing = await context.run(
        `select a.id from ${table} a join ${table} b on b.id = a.id + ${BEHIND} where not (${same('a.value', 'b.value')})`,
      )
      assert.deepEqual(differing, [])
      await context.run(`delete from ${table} where id > ${BEHIND}`)
    },
  }
  return [
    reads,
    writes,
    ...(unfound === undefined ? [finds, identifies] : [refuses]),
    ...(advice ? [findsAlike] : []),
    ...(/^jsonb?$/.test(type) ? [readsText, writesText] : []),
  ]
}

/** Declares the vitest suite that holds a dialect's native types to their forms, both ways. */
export const nativesConformance = (options: NativesOptions): void =>
  bind({
    family: 'natives',
    title: `${options.type.name} keeps its native types`,
    checks: options.natives.flatMap((native, index) => nativeCheck(native, index, options.same)),
    open: () => open(options),
    async close({ gateway, close }) {
      await gateway.close()
      await close()
    },
    timeout: 30_000,
  })
