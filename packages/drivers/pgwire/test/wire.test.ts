import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Question, textCells, type Wire, whenIdle, wireOn } from '../src/index.ts'
import './backends.ts'

const server = inject('postgres')
const missing = server === undefined ? ` (skipped: ${inject('postgresMissing')})` : ''

/** Rows as text, and the tag. */
const ask = async (wire: Wire, sql: string, binds: Question['binds'] = [], name?: string) => {
  const rows: (string | null)[][] = []
  const { tag } = await wire.ask({ sql, name, binds, row: (...row) => void rows.push(textCells(...row)) })
  return { tag, rows }
}

describe.skipIf(missing)(`statements on a connection that pg has opened${missing}`, () => {
  let client: Client
  let wire: Wire
  beforeEach(async () => {
    client = new Client({ ...server })
    client.on('error', () => undefined)
    await client.connect()
    wire = wireOn(client)
  })
  afterEach(async () => {
    await client.end()
  })

  test('text, NULL and bytes go in, and come out as the server wrote them', async () => {
    const { rows, tag } = await ask(wire, 'select $1::text, $2::int, $3::bytea, $4::jsonb', [
      'Größe 😀',
      null,
      Buffer.from([0, 1, 255]),
      '{"a": 1.50}',
    ])
    expect(rows).toEqual([['Größe 😀', null, '\\x0001ff', '{"a": 1.50}']])
    expect(tag).toBe('SELECT 1')
  })

  test('questions asked together are answered in order, each by itself', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => ask(wire, 'select $1::int * 2', [String(n)], 'twice')),
    )
    expect(answers.map(({ rows }) => rows[0]![0])).toEqual(Array.from({ length: 50 }, (_, n) => String(n * 2)))
  })

  test('one that fails takes none with it', async () => {
    const together = await Promise.allSettled([
      ask(wire, 'select 1'),
      ask(wire, 'select 1 / $1::int', ['0'], 'divide'),
      ask(wire, 'select nothing_there'),
      ask(wire, 'select 2', [], 'two'),
    ])
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect((together[1] as PromiseRejectedResult).reason).toMatchObject({ code: '22012', severity: 'ERROR' })
    expect((together[2] as PromiseRejectedResult).reason).toMatchObject({ code: '42703' })
    expect((await ask(wire, 'select 1 / $1::int', ['1'], 'divide')).rows).toEqual([['1']])
  })

  test('a name that could not be prepared is prepared anew', async () => {
    await expect(ask(wire, 'select * from not_there', [], 'again')).rejects.toMatchObject({ code: '42P01' })
    await ask(wire, 'create temporary table not_there as select 7 as n')
    expect((await ask(wire, 'select * from not_there', [], 'again')).rows).toEqual([['7']])
  })

  test('a forgotten statement is gone from the server', async () => {
    await ask(wire, 'select 1', [], 'kept')
    await ask(wire, 'select 2', [], 'dropped')
    wire.forget('dropped')
    const { rows } = await ask(wire, 'select name from pg_prepared_statements order by 1')
    expect(rows).toEqual([['kept']])
  })

  test('a row that its reader refuses fails its own question only', async () => {
    const refused = wire.ask({
      sql: 'select generate_series(1, 3)',
      binds: [],
      row: () => {
        throw new Error('too many')
      },
    })
    const next = ask(wire, 'select 4')
    await expect(refused).rejects.toThrow('too many')
    expect((await next).rows).toEqual([['4']])
  })

  test('rows larger than any chunk come whole', async () => {
    const { rows } = await ask(wire, "select repeat('äb', 2000000), n from generate_series(1, 2) n")
    expect(rows.map(([text, n]) => [text!.length, n])).toEqual([
      [4_000_000, '1'],
      [4_000_000, '2'],
    ])
  })

  test('a connection that breaks fails everything that was asked', async () => {
    const waiting = [ask(wire, 'select pg_sleep(30)'), ask(wire, 'select 1')]
    const settled = Promise.allSettled(waiting)
    const other = new Client({ ...server })
    await other.connect()
    await other.query('select pg_terminate_backend($1)', [(client as unknown as { processID: number }).processID])
    await other.end()
    const reasons = (await settled).map((each) => (each as PromiseRejectedResult).reason)
    expect(reasons.every((reason) => reason instanceof Error)).toBe(true)
    await expect(ask(wire, 'select 1')).rejects.toThrow()
  })

  test('COPY is refused and leaves the connection sound', async () => {
    await ask(wire, 'create temporary table lines (line text)')
    await expect(ask(wire, 'copy lines from stdin')).rejects.toMatchObject({ code: '57014' })
    expect((await ask(wire, 'select 5')).rows).toEqual([['5']])
  })

  test('a connection on which pg has just failed can be asked when the server is ready again', async () => {
    for (let turn = 0; turn < 50; turn++) {
      await client.query({ text: 'select 1 / $1::int', values: [0], name: `fails_${turn}` }).catch(() => undefined)
      await whenIdle(client)
      expect((await ask(wire, 'select $1::int', [String(turn)])).rows).toEqual([[String(turn)]])
    }
  })

  test('in between, pg can use the connection', async () => {
    await ask(wire, 'select 1 as n', [], 'mine')
    expect((await client.query('select 8 as n')).rows).toEqual([{ n: 8 }])
    expect((await client.query({ text: 'select 1 as n', name: 'mine' })).rows).toEqual([{ n: 1 }])
    await client.query({ text: 'select 9 as n', name: 'theirs' })
    expect((await ask(wire, 'select 1 as n', [], 'mine')).rows).toEqual([['1']])
    expect((await ask(wire, 'select 9 as n', [], 'theirs')).rows).toEqual([['9']])
  })
})
