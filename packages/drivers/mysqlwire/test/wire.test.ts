import type { Socket } from 'node:net'
import mysql, { type Connection } from 'mysql2'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Column, type Question, type Rows, valuesOf, type Wire, wireOn } from '../src/index.ts'
import './backends.ts'

const server = inject('mariadb')
const missing = server === undefined ? ` (skipped: ${inject('mariadbMissing')})` : ''

const cellsTo = (rows: unknown[][]): Rows => {
  let columns: readonly Column[] = []
  return {
    begin(told) {
      columns = told
    },
    row: (bytes, bounds) => void rows.push(valuesOf(bytes, bounds, columns)),
  }
}
const ask = async (wire: Wire, sql: string, binds: Question['binds'] = [], name?: string) => {
  const rows: unknown[][] = []
  const answer = await wire.ask({ sql, name, binds, rows: cellsTo(rows) })
  return { ...answer, rows }
}
/** The same question, by `mysql2` alone. */
const byDriver = (client: Connection, sql: string, binds: Question['binds'] = []): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client.execute({ sql, values: binds as never[], rowsAsArray: true }, (error, rows) =>
      error ? reject(error) : resolve(rows),
    )
  })

describe.skipIf(missing)(`statements on a connection that mysql2 has opened${missing}`, () => {
  let client: Connection
  let wire: Wire
  beforeEach(async () => {
    client = mysql.createConnection({
      ...server,
      charset: 'UTF8MB4_GENERAL_CI',
      supportBigNumbers: true,
      dateStrings: true,
      flags: ['-CLIENT_QUERY_ATTRIBUTES'],
    })
    client.on('error', () => undefined)
    await new Promise<void>((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve())))
    wire = wireOn(client)
  })
  afterEach(() => {
    client.destroy()
  })

  test('text, numbers, NULL and bytes go in as what they are, and come out so', async () => {
    const binds = ['Größe 😀', null, Buffer.from([0, 1, 255]), 9007199254740991, 0.5, 2n ** 62n, 'x'.repeat(300)]
    const { rows } = await ask(wire, 'select ?, ?, ?, ?, ?, ?, ?', binds)
    expect(rows).toEqual([
      ['Größe 😀', null, Buffer.from([0, 1, 255]), 9007199254740991, 0.5, String(2n ** 62n), 'x'.repeat(300)],
    ])
  })

  test('values that mysql2 has given a type keep it', async () => {
    const { LONGLONG, NEWDECIMAL, FLOAT } = mysql.TypedParameter
    const binds = [LONGLONG(-5), LONGLONG.unsigned(2n ** 64n - 1n), NEWDECIMAL('1.50'), FLOAT(0.1), LONGLONG(null)]
    const { rows } = await ask(wire, 'select ?, ?, ? + 0, cast(? as char), ?', binds)
    expect(rows).toEqual([[-5, '18446744073709551615', '1.50', '0.10000000149011612', null]])
  })

  test('JSON that looks like a typed value is JSON', async () => {
    const { rows } = await ask(wire, 'select ?', [{ type: 8, unsigned: false, value: 1 }])
    expect(rows).toEqual([['{"type":8,"unsigned":false,"value":1}']])
  })

  test('cells of every type are what mysql2 makes of them', async () => {
    const sql = `select cast(-5 as signed), cast(18446744073709551615 as unsigned), 1.5, 1.5e0, cast(0.1 as float),
      date '2024-05-06', timestamp '2024-05-06 07:08:09', timestamp '2024-05-06 07:08:09.120000', timestamp '0044-03-15 00:00:00',
      time '-30:08:09.5', time '838:59:59', cast('a' as binary(2)), b'1000', 'é', null, year(now()),
      cast('2024-05-06 07:08:09.129' as datetime(2))`
    expect((await ask(wire, sql)).rows).toEqual(await byDriver(client, sql))
  })

  test('questions asked together are answered in order, each by itself', async () => {
    wire.patient = true
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(wire, 'select ? * 2', [n], 'twice')))
    expect(answers.map(({ rows }) => rows[0]![0])).toEqual(Array.from({ length: 50 }, (_, n) => n * 2))
  })

  test('one that fails takes none with it', async () => {
    const together = await Promise.allSettled([
      ask(wire, 'select 1'),
      ask(wire, 'select nothing_there', [], 'wrong'),
      ask(wire, 'select (select 1 union select ?)', [2], 'many'),
      ask(wire, 'select 2', [], 'two'),
    ])
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect((together[1] as PromiseRejectedResult).reason).toMatchObject({ errno: 1054, sqlState: '42S22' })
    expect((together[2] as PromiseRejectedResult).reason).toMatchObject({ errno: 1242 })
    expect((await ask(wire, 'select (select 1 union select ?)', [1], 'many')).rows).toEqual([[1]])
  })

  test('what can not be sent is refused, and what was asked before and behind it is answered', async () => {
    const circular: { self?: unknown } = {}
    circular.self = circular
    const together = await Promise.allSettled([
      ask(wire, 'select ?', [1], 'one'),
      ask(wire, 'select ?', [circular], 'one'),
      ask(wire, 'select ?', [3], 'one'),
    ])
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('mysql2 has its turn before and behind questions, as they were asked', async () => {
    const [first, second, third] = await Promise.all([
      byDriver(client, 'select sleep(0.05), 1'),
      ask(wire, 'select 2'),
      byDriver(client, 'select 3'),
    ])
    expect([first, second.rows, third]).toEqual([[[0, 1]], [[2]], [[3]]])
  })

  test('a table that has changed is read in its new form, by the same statement', async () => {
    await ask(wire, 'create temporary table changing (a int)')
    await ask(wire, 'insert into changing values (?)', [1])
    expect((await ask(wire, 'select * from changing', [], 'all')).rows).toEqual([[1]])
    await ask(
      wire,
      "alter table changing modify a varchar(5), add b bigint default 7, add c datetime default '2024-05-06'",
    )
    expect((await ask(wire, 'select * from changing', [], 'all')).rows).toEqual([['1', 7, '2024-05-06 00:00:00']])
  })

  test('what a write did is told, with the value it generated', async () => {
    await ask(wire, 'create temporary table told (id bigint auto_increment primary key, a int)')
    expect(await ask(wire, 'insert into told (a) values (?), (2)', [1])).toMatchObject({ affected: 2, insertId: 1 })
    await ask(wire, 'alter table told auto_increment = 9007199254740993')
    expect(await ask(wire, 'insert into told (a) values (?)', [1])).toMatchObject({ insertId: '9007199254740993' })
    expect(await ask(wire, 'update told set a = 5')).toMatchObject({ affected: 3, insertId: 0 })
  })

  test('a statement of more bytes than a packet holds goes in several, and its answer comes back whole', async () => {
    const [[[most]]] = (await Promise.all([byDriver(client, 'select @@max_allowed_packet')])) as [[[number]]]
    const text = 'é'.repeat(Math.min(9_000_000, Math.floor(most / 2) - 1_000))
    const { rows } = await ask(wire, 'select char_length(?)', [text])
    expect(rows).toEqual([[text.length]])
  })

  test('a forgotten statement is prepared anew, and one without a name leaves nothing behind', async () => {
    // By what this session has made and closed: the server's own count is of everybody.
    const open = async () => {
      const { rows } = await ask(wire, "show session status like 'Com\\_stmt\\_%'", [], 'count')
      const of = new Map(rows.map(([name, value]) => [String(name), Number(value)]))
      return of.get('Com_stmt_prepare')! - of.get('Com_stmt_close')!
    }
    await ask(wire, 'select ? + 1', [1], 'kept')
    const before = await open()
    await ask(wire, 'select 5')
    wire.forget('kept')
    expect(await open()).toBe(before - 1)
    expect((await ask(wire, 'select ? + 1', [1], 'kept')).rows).toEqual([[2]])
  })

  test('who leaves is told so at once, and the others are answered', async () => {
    const leaving = new AbortController()
    const left = wire.ask({
      sql: 'select sleep(0.3)',
      binds: [],
      rows: { row: () => undefined },
      signal: leaving.signal,
    })
    const next = ask(wire, 'select 2')
    leaving.abort(new Error('gone'))
    wire.abandon()
    await expect(left).rejects.toThrow('gone')
    expect((await next).rows).toEqual([[2]])
  })

  test('a connection that breaks rejects all that is under way, whether it was prepared or not', async () => {
    await ask(wire, 'select sleep(?)', [0], 'sleep')
    const asked = Promise.allSettled([ask(wire, 'select sleep(?)', [30], 'sleep'), ask(wire, 'select sleep(29)')])
    ;(client as unknown as { stream: Socket }).stream.destroy(new Error('cut'))
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(wire.usable).toBe(false)
    await expect(ask(wire, 'select 1')).rejects.toThrow('cut')
  })
})
