import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { frames, lendingSocket, textCells, type Wire, wireOn } from '../src/index.ts'
import { BOUND, complete, connected, type FakeServer, fakeServer, message, READY, row, WELCOME } from './fake-server.ts'
import './backends.ts'

const server = inject('postgres')
const missing = server === undefined ? ` (skipped: ${inject('postgresMissing')})` : ''
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const ask = async (wire: Wire, sql: string, signal?: AbortSignal) => {
  const rows: (string | null)[][] = []
  const { tag } = await wire.ask({ sql, binds: [], signal, row: (...bytes) => void rows.push(textCells(...bytes)) })
  return { tag, rows }
}
/** @param answer Given the number of the question, from 1. */
const wireTo = async (
  answer: (question: number, socket: Socket) => void,
): Promise<Wire & { readonly fake: FakeServer }> => {
  let asked = 0
  const fake = await fakeServer((codes, socket) => {
    if (codes === '') socket.write(WELCOME)
    else for (const code of codes) if (code === 'S') answer(++asked, socket)
  })
  const client = await connected({ host: '127.0.0.1', port: fake.port, user: 'u', password: 'p', database: 'd' })
  closers.push(() => fake.close())
  return Object.assign(wireOn(client), { fake })
}
const number = (n: number) => Buffer.concat([BOUND, row(String(n), null), complete('SELECT 1')])

describe('a server that is not PostgreSQL', () => {
  test('each answer is its own, however the stream is cut', async () => {
    const cuts = number(1).length * 2
    for (let cut = 1; cut < cuts; cut += 1) {
      let sent = Buffer.alloc(0)
      const wire = await wireTo((question, socket) => {
        sent = Buffer.concat([sent, number(question)])
        if (question < 2) return
        socket.setNoDelay(true)
        socket.write(sent.subarray(0, cut))
        setTimeout(() => socket.write(sent.subarray(cut)), 1)
      })
      const [first, second] = await Promise.all([ask(wire, 'one'), ask(wire, 'two')])
      expect([first.rows, second.rows]).toEqual([[['1', null]], [['2', null]]])
      closers.pop()!()
    }
  })

  test('comes byte by byte', async () => {
    const wire = await wireTo(async (question, socket) => {
      for (const byte of number(question)) {
        socket.write(Buffer.from([byte]))
        await pause(0)
      }
    })
    expect((await ask(wire, 'one')).rows).toEqual([['1', null]])
  })

  test('notices, parameters and notifications between rows are passed over', async () => {
    const notice = message('N', 'SNOTICE\0Mbeware\0\0')
    const parameter = message('S', 'TimeZone\0UTC\0')
    const told = message('A', 7, 'channel\0text\0')
    const wire = await wireTo((_, socket) =>
      socket.write(
        Buffer.concat([notice, BOUND, parameter, row('1'), told, notice, row('2'), parameter, complete('SELECT 2')]),
      ),
    )
    expect(await ask(wire, 'rows')).toEqual({ tag: 'SELECT 2', rows: [['1'], ['2']] })
    expect(wire.usable).toBe(true)
  })

  test('one that says it is ready too often gives nobody the answer of another', async () => {
    const wire = await wireTo((question, socket) => {
      if (question === 2) socket.write(Buffer.concat([number(1), READY, number(2)]))
    })
    const [first, second] = await Promise.allSettled([ask(wire, 'one'), ask(wire, 'two')])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/no answer to what/) },
    })
    expect(wire.usable).toBe(false)
  })

  test('one that speaks of what nobody asked is cut off', async () => {
    for (const code of ['R', 'K', 'T', 't', 'n', 's', 'V', 'W', 'X', '\x01', '\xff']) {
      const wire = await wireTo((_, socket) =>
        socket.write(Buffer.concat([BOUND, message(code, 0), complete('SELECT 0')])),
      )
      await expect(ask(wire, 'one')).rejects.toThrow('no answer to what was asked')
      expect(wire.usable).toBe(false)
    }
  })

  test('lengths that can be none end the connection, and whoever waits hears so', async () => {
    for (const length of [-1, 0, 3, -2_147_483_648, 0x7fff_ffff]) {
      const bad = Buffer.alloc(9, 'D')
      bad.writeInt32BE(length, 1)
      const wire = await wireTo((question, socket) => {
        if (question === 2) socket.write(bad)
      })
      const settled = await Promise.allSettled([ask(wire, 'one'), ask(wire, 'two')])
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      expect(wire.usable).toBe(false)
    }
  })

  test('of a message that is said to be huge, only what comes is held', () => {
    const huge = Buffer.alloc(5, 'D')
    huge.writeUInt32BE(0x3fff_ffff, 1)
    const before = process.memoryUsage().arrayBuffers
    const { take } = frames(() => undefined)
    take(huge)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20)
  })

  test('a row whose cells are longer than itself fails its own question', async () => {
    const cells = Buffer.from([0, 2, 0, 0, 0, 1, 65, 0, 0, 0, 200, 66])
    const wire = await wireTo((question, socket) =>
      socket.write(
        question === 1 ? Buffer.concat([BOUND, message('D', cells), complete('SELECT 1')]) : number(question),
      ),
    )
    const [bad, good] = await Promise.allSettled([ask(wire, 'one'), ask(wire, 'two')])
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/longer than itself/) } })
    expect(good.status).toBe('fulfilled')
    for (const bytes of [
      [0, 1],
      [0, 1, 0, 0, 0],
      [255, 255, 255, 255, 255, 255],
    ])
      expect(() => textCells(Buffer.from(bytes), 0, bytes.length)).toThrow('longer than itself')
  })

  test('one that goes silent keeps a reader waiting, and breaks nothing; one that hangs up tells all', async () => {
    const wire = await wireTo((question, socket) => {
      socket.write(number(question).subarray(0, 12))
      if (question === 2) setTimeout(() => socket.destroy(), 20)
    })
    const settled = await Promise.allSettled([ask(wire, 'one'), ask(wire, 'two')])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(ask(wire, 'three')).rejects.toThrow()
  })

  test('a question whose caller has left already is not asked', async () => {
    const wire = await wireTo((question, socket) => socket.write(number(question)))
    await expect(ask(wire, 'never', AbortSignal.abort(new Error('left')))).rejects.toThrow('left')
    await ask(wire, 'asked')
    expect(wire.fake.heard()).toMatch(/asked/)
    expect(wire.fake.heard()).not.toMatch(/never/)
  })
})

describe.skipIf(missing)(`PostgreSQL at its edges${missing}`, () => {
  const real = async (): Promise<{ client: Client; wire: Wire }> => {
    const client = await connected({ ...server })
    closers.push(() => client.end().catch(() => undefined))
    return { client, wire: wireOn(client) }
  }

  test('a row may have 1,600 columns, each of them whole', async () => {
    const { wire } = await real()
    const columns = Array.from({ length: 1_600 }, (_, n) => (n % 3 === 0 ? 'null::int' : `${n}`))
    const { rows } = await ask(wire, `select ${columns.join(', ')}`)
    expect(rows[0]).toEqual(Array.from({ length: 1_600 }, (_, n) => (n % 3 === 0 ? null : String(n))))
  })

  test('NULLs, empty texts, odd bytes and long ones come as they are', async () => {
    const { wire } = await real()
    const odd = Array.from({ length: 127 }, (_, n) => String.fromCharCode(n + 1)).join('')
    const values = [null, '', odd, '\u{10ffff}\ufeff\u2028', 'x'.repeat(70_000), null]
    const rows: (string | null)[][] = []
    await wire.ask({
      sql: 'select $1::text, $2::text, $3::text, $4::text, $5::text, $6::text',
      binds: values,
      row: (...bytes) => void rows.push(textCells(...bytes)),
    })
    expect(rows).toEqual([values])
  })

  test('notices in the middle of a pipeline, and parameters that change in it, disturb nobody', async () => {
    const { wire } = await real()
    const noisy = "do $$ begin for n in 1..50 loop raise notice 'n %', n; end loop; end $$"
    const all = await Promise.all([
      ask(wire, 'select 1'),
      ask(wire, noisy),
      ask(wire, "set timezone = 'Asia/Tokyo'"),
      ask(wire, ''),
      ask(wire, "select current_setting('TimeZone')"),
    ])
    expect(all.map(({ rows }) => rows)).toEqual([[['1']], [], [], [], [['Asia/Tokyo']]])
  })

  test('of many callers each gets his own failure or his own rows', async () => {
    const { wire } = await real()
    const asked = Array.from({ length: 60 }, (_, n) =>
      ask(wire, n % 3 === 0 ? `select ${n} / 0` : n % 3 === 1 ? `select nothing_${n}` : `select ${n}`),
    )
    const settled = await Promise.allSettled(asked)
    for (const [n, one] of settled.entries()) {
      if (n % 3 === 2) expect(one).toMatchObject({ value: { rows: [[String(n)]] } })
      else if (n % 3 === 1) expect(one).toMatchObject({ reason: { message: expect.stringContaining(`nothing_${n}`) } })
      else expect(one).toMatchObject({ reason: { code: '22012' } })
    }
  })

  test('a session that the server ends in the middle of a pipeline: done is done, and the others hear why', async () => {
    const { client, wire } = await real()
    const { processID } = client as unknown as { processID: number }
    const asked = Promise.allSettled([ask(wire, 'select 1'), ask(wire, 'select pg_sleep(60)'), ask(wire, 'select 3')])
    const other = await real()
    const sleeping = `select count(*) from pg_stat_activity where pid = ${processID} and wait_event = 'PgSleep'`
    while ((await ask(other.wire, sleeping)).rows[0]![0] === '0') await pause(10)
    await ask(other.wire, `select pg_terminate_backend(${processID})`)
    expect(await asked).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: '57P01' } },
      { status: 'rejected', reason: { message: expect.stringMatching(/Connection terminated/) } },
    ])
    expect(wire.usable).toBe(false)
  })

  test('a cancel stops what runs, and what comes behind it is not touched', async () => {
    const { client, wire } = await real()
    const { processID } = client as unknown as { processID: number }
    const other = await real()
    const running = ask(wire, 'select pg_sleep(60)')
    const behind = Array.from({ length: 10 }, (_, n) => ask(wire, `select ${n}`))
    const sleeping = `select count(*) from pg_stat_activity where pid = ${processID} and wait_event = 'PgSleep'`
    while ((await ask(other.wire, sleeping)).rows[0]![0] === '0') await pause(10)
    await Promise.all([
      expect(running).rejects.toMatchObject({ code: '57014' }),
      ask(other.wire, `select pg_cancel_backend(${processID})`),
    ])
    expect((await Promise.all(behind)).map(({ rows }) => rows[0]![0])).toEqual(
      Array.from({ length: 10 }, (_, n) => String(n)),
    )
  })

  test('a reader that pauses makes the server wait, and holds no more than a few buffers', async () => {
    const { client, wire } = await real()
    let seen = 0
    const all = wire.ask({
      sql: "select n, repeat('x', 1000) from generate_series(1, 100000) n",
      binds: [],
      row: () => {
        if (++seen === 1) wire.pause()
      },
    })
    while (seen === 0) await pause(5)
    await pause(200)
    const held = seen
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    expect(stream.readableLength).toBeLessThan(1 << 20)
    await pause(200)
    expect([seen, held < 2_000]).toEqual([held, true])
    wire.resume()
    expect((await all).tag).toBe('SELECT 100000')
    expect(seen).toBe(100_000)
  })
})

describe('a lending socket', () => {
  const through = async (listen: (socket: Socket, seen: Buffer[]) => void) => {
    const fake = await fakeServer((_, socket) => void socket.write(Buffer.from('abc')))
    closers.push(() => fake.close())
    const socket = lendingSocket()
    const seen: Buffer[] = []
    listen(socket, seen)
    socket.connect(fake.port, '127.0.0.1')
    socket.write('x')
    while (seen.length === 0) await pause(1)
    const first = Buffer.from(seen[0]!)
    socket.write('y')
    await pause(20)
    socket.destroy()
    return { first: first.toString(), kept: seen[0]!.toString() }
  }
  test('lends the same bytes again and again', async () => {
    const buffers = new Set<ArrayBufferLike>()
    const { first } = await through((socket, seen) => {
      socket.on('lent', (chunk: Buffer) => {
        buffers.add(chunk.buffer)
        seen.push(chunk)
      })
    })
    expect([first, buffers.size]).toEqual(['abc', 1])
  })
  test('is like any other where nobody listens to what it lends', async () => {
    expect(await through((socket, seen) => socket.on('data', (chunk: Buffer) => void seen.push(chunk)))).toEqual({
      first: 'abc',
      kept: 'abc',
    })
  })
})
