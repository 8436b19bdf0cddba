import { existsSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { severable } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import {
  count,
  insertPlan,
  killAll,
  MISSING,
  opened,
  portOf,
  readPlan,
  running,
  SCRIPT,
  server,
  signal,
  sourceOn,
  until,
} from './opened.ts'

describe.skipIf(MISSING)(`connections${MISSING}`, () => {
  test('those that the server ends are replaced, idle or in use, and the process lives on', async () => {
    await using db = await opened(SCRIPT)
    const reading = db.source.read(readPlan(db.table('slow')), [1], { signal })
    const broken = expect(reading).rejects.toMatchObject({ code: 'unavailable' })
    await until(async () => (await running(db, '%slow%')) === 1)
    await killAll(db)
    await broken
    await until(async () => (await count(db).catch(() => 0)) === 3)
  })

  test('one that breaks between two statements of a transaction ends the transaction only', async () => {
    await using db = await opened(SCRIPT)
    const work = db.source.transaction!(async (transaction) => {
      await db.source.insert(insertPlan(db.table('t'), ['name']), [['four']], { signal, transaction })
      await killAll(db)
      await pause(50)
      return db.source.count({ kind: 'count', table: db.table('t') }, [], { signal, transaction })
    }, signal)
    await expect(work).rejects.toMatchObject({ code: 'unavailable' })
    expect(await count(db)).toBe(3)
  })

  test('a server that is away is unavailable without telling its address, and serves again when it is back', async () => {
    await using db = await opened(SCRIPT)
    const line = await severable(server!)
    const own = sourceOn({ database: db.database, port: line.port }, db.host)
    await own.ping(signal)
    await line.away()
    const error = await own.ping(signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable', retryable: true })
    expect(String((error as Error).message)).not.toMatch(/127\.0\.0\.1|localhost|\d{4}/)
    await line.back()
    await until(() =>
      own.ping(signal).then(
        () => true,
        () => false,
      ),
    )
    await own.close()
    await line.close()
  })

  test('a server that accepts and never answers is given up by the health check’s deadline', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
    await pause(20)
    const own = sourceOn({ port: portOf(silent) })
    await expect(own.ping(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'upstream_timeout' })
    for (const socket of sockets) socket.destroy()
    silent.close()
    await own.close()
  })

  test('wrong credentials, a missing database and a demand for TLS each have their reason', async () => {
    const reasonOf = async (config: object) => {
      const own = sourceOn(config)
      const error = await own.ping(signal).catch((thrown: unknown) => thrown as Error)
      await own.close()
      return error
    }
    expect(await reasonOf({ password: 'wrong' })).toMatchObject({
      code: 'unavailable',
      message: "The database refused the service's credentials.",
    })
    expect(await reasonOf({ database: 'nowhere' })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not exist'),
    })
    for (const sslmode of ['require', 'verify-ca', 'verify-full'])
      expect(await reasonOf({ sslmode, host: 'localhost' })).toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('secure'),
      })
    expect(await reasonOf({ sslmode: 'verify-full', host: 'localhost', sslrootcert: 'none.pem' })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('certificate'),
    })
    expect(await reasonOf({ sslmode: 'prefer' })).toBeUndefined()
  })

  test('a session has the time zone, modes, variables and statements it was given', async () => {
    await using db = await opened(
      [
        `create view session as select lower(variable_name) as name, variable_value as value
          from information_schema.session_variables where lower(variable_name) in ('time_zone', 'sql_mode',
            'lock_wait_timeout', 'div_precision_increment', 'collation_connection', 'character_set_client')`,
      ],
      {
        timezone: '+09:00',
        modes: 'STRICT_TRANS_TABLES, ansi_quotes',
        collation: 'utf8_unicode_ci',
        options: { lock_wait_timeout: 5, character_set_client: 'latin1' },
        statements: ['set session div_precision_increment = 8', 'set session div_precision_increment = 9'],
      },
    )
    const rows = await db.source.read(readPlan(db.table('session')), [9], { signal })
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
      time_zone: '+09:00',
      sql_mode: 'ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO,STRICT_TRANS_TABLES',
      lock_wait_timeout: '5',
      div_precision_increment: '9',
      collation_connection: 'utf8mb4_unicode_ci',
      character_set_client: 'utf8mb4',
    })
  })

  test('no more connections are opened than allowed, and unused ones are closed', async () => {
    await using db = await opened(SCRIPT, { pool_size: 3, idle_timeout: 1 })
    await Promise.all(Array.from({ length: 20 }, () => count(db)))
    const open = async () =>
      (await db.admin('select id from information_schema.processlist where db = database()')).length - 1
    expect(await open()).toBe(3)
    await pause(1_600)
    await until(async () => (await open()) === 0)
    expect(await count(db)).toBe(3)
  })

  test('a name can not be checked where only an address is given', () => {
    expect(() => sourceOn({ sslmode: 'verify-full', host: '127.0.0.1' })).toThrow(/verify-ca/)
  })

  test('a mode that would change what a backslash means is not accepted', () => {
    expect(() => sourceOn({ modes: 'no_backslash_escapes' })).toThrow()
  })

  test('a server on this machine is reached by its socket, too', async ({ skip }) => {
    await using db = await opened(SCRIPT)
    const [{ path }] = await db.admin('select @@socket as path')
    if (!existsSync(path)) skip('the server is on another machine')
    const own = sourceOn({ database: db.database, unix_socket: path, port: 1, sslmode: 'require' })
    await own.ping(signal)
    await own.close()
  })

  test('after the end nothing is opened any more', async () => {
    const own = sourceOn({})
    await own.ping(signal)
    await own.close()
    await expect(own.ping(signal)).rejects.toMatchObject({ code: 'unavailable' })
    await own.close()
  })
})
