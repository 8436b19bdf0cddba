import { EventEmitter } from 'node:events'
import type { Routine } from '@gw/records'
import { DummyDriver, Kysely, SqliteAdapter, SqliteQueryCompiler, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { SqlRunOptions } from '../src/index.ts'
import { mysqlRowSets, plainCodec, slot } from '../src/index.ts'
import { routineCache } from '../src/routines/catalog.ts'
import { type RoutineRuntime, routineSource } from '../src/routines/source.ts'

const routine = (name: string): Routine => ({ name, native: name, kind: 'procedure', parameters: [] })

describe('the catalogue of routines', () => {
  const cached = (answers: readonly (readonly Routine[] | Error)[]) => {
    const told: string[] = []
    let looks = 0
    const cache = routineCache(
      async () => {
        const answer = answers[Math.min(looks++, answers.length - 1)]!
        await Promise.resolve()
        if (answer instanceof Error) throw answer
        return answer
      },
      () => told.push('changed'),
    )
    return { cache, told, looks: () => looks }
  }
  test('is read when it is first needed, by one look for all who ask at the same time', async () => {
    const { cache, looks, told } = cached([[routine('a')]])
    expect([cache.known(), looks()]).toEqual([undefined, 0])
    const [one, other] = await Promise.all([cache.load(), cache.load()])
    expect([one === other, cache.known() === one, looks(), told]).toEqual([true, true, 1, []])
    await cache.load()
    expect(looks()).toBe(1)
  })
  test('is read again once it may be outdated, and tells of a change only', async () => {
    const { cache, looks, told } = cached([[routine('a')], [routine('a')], [routine('b')]])
    const first = await cache.load()
    cache.outdate()
    expect([(await cache.load()) === first, looks(), told]).toEqual([true, 2, []])
    cache.outdate()
    expect(cache.known(), 'what is known stays known until then').toBe(first)
    expect((await cache.load()).find('procedure', 'b')).toBeDefined()
    expect(told).toEqual(['changed'])
  })
  test('stays outdated where a look fails', async () => {
    const { cache, looks } = cached([[routine('a')], new Error('away'), [routine('b')]])
    await cache.load()
    await expect(cache.refresh()).rejects.toThrow('away')
    expect((await cache.load()).find('procedure', 'b')).toBeDefined()
    expect(looks()).toBe(3)
  })
})

describe('a call', () => {
  const calling = (failure?: object) => {
    const ran: { sql: string; binds: readonly unknown[]; options: SqlRunOptions }[] = []
    const db = new Kysely<any>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: () => null as never,
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    })
    const runtime: Partial<RoutineRuntime> = {
      db,
      dialect: { capabilities: { procedures: true }, codec: () => plainCodec, binder: () => undefined } as never,
      cache: routineCache(
        async () => [],
        () => {},
      ),
      classify: (error) => error as never,
      guarded: (work) => work(),
      executor: () => ({
        async run(text, binds, options) {
          ran.push({ sql: text, binds, options })
          if (failure) throw failure
          return {
            rows: [],
            affected: 0,
            sets: [{ columns: [{ name: 'x', type: 'string', dbType: 'text' }], rows: [['1']] }],
          }
        },
      }),
      routines: {
        read: async () => [],
        pinned: () => false,
        async call(_, args, session) {
          const given = args.map((_, at) => at).filter((at) => args[at] !== undefined)
          const make = () => sql`call p(${sql.join(given.map((at) => slot(at)))})`
          return { sets: await session.run(make, args, given.join()) }
        },
      },
    }
    const source = routineSource(runtime as RoutineRuntime)
    const one = routine('p')
    return { ran, run: (args: readonly unknown[]) => source.call(one, args, { signal: new AbortController().signal }) }
  }
  test('binds its arguments, and is never kept prepared', async () => {
    const { ran, run } = calling()
    expect(await run(["'; drop", null])).toEqual({ sets: [[{ x: '1' }]], out: undefined, value: undefined })
    await run(['b'])
    expect(ran.map(({ sql: text, binds, options }) => [text, binds, options.name])).toEqual([
      ['call p(?, ?)', ["'; drop", null], undefined],
      ['call p(?)', ['b'], undefined],
    ])
    expect(ran[0]!.options.sets).toBe(100_001)
  })
  test('has any number of forms, of which each is right', async () => {
    const { ran, run } = calling()
    for (let bits = 1; bits < 256; bits++)
      await run(Array.from({ length: 8 }, (_, at) => ((bits >> at) & 1 ? at : undefined)))
    for (const { sql: text, binds } of ran) expect(text.match(/\?/g)).toHaveLength(binds.length)
  })
  test.each([
    ['unique', undefined, 'told'],
    ['invalid_value', undefined, 'told'],
    ['timeout', undefined, 'told'],
    ['check', 'positive', 'told'],
    ['check', undefined, 'hidden'],
    ['schema_changed', undefined, 'hidden'],
    ['not_comparable', undefined, 'hidden'],
    ['not_writable', undefined, 'hidden'],
  ])('that fails for the reason %s (%s) is %s', async (reason, constraint, how) => {
    const failure = { reason, constraint }
    const failing = calling(failure).run([])
    if (how === 'told') await expect(failing).rejects.toBe(failure)
    else
      await expect(failing).rejects.toMatchObject({
        code: 'internal',
        message: 'Failed to call database stored procedure.',
        cause: failure,
      })
  })
})

describe("row sets of MySQL's protocol", () => {
  const reading = (limit = 10) => {
    const command = new EventEmitter()
    const connection = Object.assign(new EventEmitter(), { execute: () => command, unprepare: () => undefined })
    return { command, sets: mysqlRowSets(connection, 'call it()', [], limit) }
  }
  test('begin with columns, and results without any are no sets', async () => {
    const { command, sets } = reading()
    command.emit('fields', [{ name: 'a', columnType: 3 }])
    command.emit('result', [1])
    command.emit('fields', undefined)
    command.emit('result', { affectedRows: 1 })
    command.emit('fields', [{ name: 'b', columnType: 253, characterSet: 45 }])
    command.emit('end')
    expect(await sets).toEqual([
      { columns: [{ name: 'a', type: 'integer', dbType: 'integer' }], rows: [[1]] },
      { columns: [{ name: 'b', type: 'string', dbType: 'string' }], rows: [] },
    ])
  })
  test('keep no more rows than wanted', async () => {
    const { command, sets } = reading(2)
    command.emit('fields', [{ name: 'a', columnType: 3 }])
    for (const row of [[1], [2], [3], [4]]) command.emit('result', row)
    command.emit('end')
    expect((await sets)[0]!.rows).toEqual([[1], [2]])
  })
  test.each([
    [{ columnType: 1, columnLength: 1 }, 'boolean'],
    [{ columnType: 1, columnLength: 4 }, 'integer'],
    [{ columnType: 16, columnLength: 1 }, 'boolean'],
    [{ columnType: 16, columnLength: 8 }, 'bigint'],
    [{ columnType: 8 }, 'bigint'],
    [{ columnType: 246 }, 'decimal'],
    [{ columnType: 245, characterSet: 63 }, 'json'],
    [{ columnType: 252, characterSet: 63 }, 'binary'],
    [{ columnType: 252, characterSet: 45 }, 'text'],
    [{ columnType: 254, characterSet: 45, flags: 0x800 }, 'array'],
    [{ columnType: 999 }, 'string'],
    [{}, 'string'],
  ])('have columns typed by number: %j is %s', async (column, type) => {
    const { command, sets } = reading()
    command.emit('fields', [{ name: 'x', ...column }])
    command.emit('end')
    expect((await sets)[0]!.columns[0]!.type).toBe(type)
  })
})
