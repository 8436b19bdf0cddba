import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { GwError, SECRET_MASK } from '../src/contract.ts'
import { accessLine, createAccessLog, createLogger, type LogOptions } from '../src/log/index.ts'

const collect = (options: Partial<LogOptions> = {}) => {
  let text = ''
  const destination = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  const log = createLogger({ level: 'debug', format: 'json', ...options, destination })
  const lines = async (): Promise<Record<string, any>[]> => {
    await log.flush()
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
  return { ...log, lines, text: () => text }
}

describe('the log', () => {
  it('writes a line of JSON with time, level, message and fields', async () => {
    const log = collect()
    log.logger.info('started', { port: 8080 })
    const [line] = await log.lines()
    expect(line).toMatchObject({ level: 'info', msg: 'started', port: 8080 })
    expect(new Date(line!.time).toISOString()).toBe(line!.time)
    expect(line).not.toHaveProperty('hostname')
  })

  it('masks fields, messages, and the fields of a child', async () => {
    const log = collect()
    log.logger.warn('cannot reach postgres://gw:s3cret@db', { config: { password: 's3cret' } })
    log.child({ service: 'db', token: 's3cret' }).error('failed', { apiKey: 's3cret' })
    const lines = await log.lines()
    expect(lines).toMatchObject([
      { msg: `cannot reach postgres://${SECRET_MASK}@db`, config: { password: SECRET_MASK } },
      { service: 'db', token: SECRET_MASK, apiKey: SECRET_MASK },
    ])
    expect(log.text()).not.toContain('s3cret')
  })

  it('writes an error with its causes, and without what a driver hangs on it', async () => {
    const driver = Object.assign(new Error('connect failed: postgres://gw:s3cret@db/x'), {
      code: '28P01',
      sql: 'SELECT s3cret',
      parameters: ['s3cret'],
      detail: 'Key (a)=(s3cret)',
    })
    const error = new GwError('unavailable', 'The database is down.', {
      cause: driver,
      details: { field: 'a', password: 's3cret' },
    })
    const log = collect()
    log.logger.error('request failed', { error })
    const [line] = await log.lines()
    expect(line!.error).toMatchObject({
      type: 'GwError',
      code: 'unavailable',
      message: 'The database is down.',
      details: { field: 'a', password: SECRET_MASK },
      cause: { type: 'Error', code: '28P01', message: `connect failed: postgres://${SECRET_MASK}@db/x` },
    })
    expect(line!.error.stack).toContain('log.test.ts')
    expect(log.text()).not.toContain('s3cret')
  })

  it('writes an error that is given in place of fields, an aggregate, and a cause that is its own', async () => {
    const log = collect()
    const circular = new Error('circle')
    circular.cause = circular
    log.logger.error('one', new Error('password=s3cret'))
    log.logger.error('many', { error: new AggregateError([new Error('token=s3cret')], 'all failed') })
    log.logger.error('circle', { error: circular })
    const lines = await log.lines()
    expect(lines.map(({ error }) => error.message)).toEqual([`password=${SECRET_MASK}`, 'all failed', 'circle'])
    expect(lines[1]!.error.errors[0].message).toBe(`token=${SECRET_MASK}`)
    expect(log.text()).not.toContain('s3cret')
  })

  it('does not let a field take the place of the line’s own', async () => {
    const log = collect()
    log.logger.info('real', { level: 'fake', msg: 'fake', time: 'fake' })
    expect(await log.lines()).toMatchObject([
      { level: 'info', msg: 'real', level_: 'fake', msg_: 'fake', time_: 'fake' },
    ])
    expect(log.text()).not.toContain('"msg":"fake"')
  })

  it('does not so much as look at the fields of a level that is off', async () => {
    const log = collect({ level: 'warn' })
    let looked = 0
    const fields = {
      get costly() {
        looked += 1
        return 1
      },
    }
    log.logger.debug('quiet', fields)
    log.logger.info('quiet', fields)
    expect(looked).toBe(0)
    log.logger.warn('loud', fields)
    expect(looked).toBe(1)
    expect(await log.lines()).toHaveLength(1)
    expect([log.enabled('info'), log.enabled('error')]).toEqual([false, true])
  })

  it('writes nothing when silent', async () => {
    const log = collect({ level: 'silent' })
    log.logger.error('nothing')
    expect(await log.lines()).toEqual([])
  })

  it('writes for people in pretty format, masked as well', async () => {
    const log = collect({ format: 'pretty' })
    log.logger.info('hello', { service: 'db', password: 's3cret' })
    await log.flush()
    expect(log.text()).toMatch(/INFO.*hello/)
    expect(log.text()).toContain('"db"')
    expect(log.text()).not.toContain('s3cret')
  })

  it('has everything in its file after a flush', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gw-log-'))
    const file = join(folder, 'logs', 'gw.log')
    const log = createLogger({ level: 'info', format: 'json', destination: file })
    for (let i = 0; i < 1000; i++) log.logger.info('line', { i })
    await log.flush()
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(1000)
    expect(JSON.parse(lines[999]!)).toMatchObject({ i: 999 })
    await log.flush()
    rmSync(folder, { recursive: true })
  })
})

describe('the access log', () => {
  const facts = {
    id: 'r1',
    method: 'GET',
    path: '/api/v2/db/_table/t?api_key=s3cret&limit=1',
    status: 200,
    duration: 12.3456,
    service: 'db',
    bytes: 512,
    app: 'shop',
    user: 7,
    client: '192.0.2.1',
  }

  it('says what is known of a request, without its secrets', () => {
    expect(JSON.parse(accessLine(facts))).toEqual({
      level: 'info',
      time: expect.any(String),
      request: 'r1',
      method: 'GET',
      path: `/api/v2/db/_table/t?api_key=${SECRET_MASK}&limit=1`,
      status: 200,
      duration: 12.3,
      service: 'db',
      bytes: 512,
      app: 'shop',
      user: 7,
      client: '192.0.2.1',
      msg: 'request',
    })
  })

  it('masks what only looks like a word of the client’s, and stays one line of JSON whatever that holds', () => {
    const line = accessLine({
      ...facts,
      id: 'token:s3cret',
      path: '/api/v2/db/_table/t?filter=password=s3cret&a="\\\n\ud800',
      service: 'a"b\n=c',
      app: 'secret=s3cret',
      client: undefined,
    })
    expect(line).not.toContain('s3cret')
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line)).toMatchObject({ service: 'a"b\n=c', app: `secret=${SECRET_MASK}` })
  })

  it('tells the time to the millisecond', () => {
    const before = Date.now()
    const { time } = JSON.parse(accessLine(facts))
    expect(new Date(time).toISOString()).toBe(time)
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(time)).toBeLessThanOrEqual(Date.now())
  })

  it('leaves out what is not known', () => {
    expect(
      Object.keys(
        JSON.parse(accessLine({ id: 'r1', method: 'GET', path: '/', status: 404, duration: 1, service: undefined })),
      ),
    ).toEqual(['level', 'time', 'request', 'method', 'path', 'status', 'duration', 'msg'])
  })

  it('is a line at level info', async () => {
    const log = collect({ level: 'info' })
    createAccessLog(log)?.(facts)
    expect(await log.lines()).toMatchObject([{ level: 'info', msg: 'request', request: 'r1', status: 200 }])
  })

  it('keeps its place among other lines, and is all there after a flush', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gw-log-'))
    const file = join(folder, 'gw.log')
    const log = createLogger({ level: 'info', format: 'json', destination: file })
    const write = createAccessLog(log)!
    for (let i = 0; i < 100; i++) {
      write({ ...facts, id: `a${i}` })
      if (i % 10 === 0) log.logger.info('line', { request: `l${i}` })
    }
    await log.flush()
    const found = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).request)
    const wanted = Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? [`a${i}`, `l${i}`] : [`a${i}`])).flat()
    expect(found).toEqual(wanted)
    rmSync(folder, { recursive: true })
  })

  it('comes without being asked for, and before the process ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gw-log-'))
    const file = join(folder, 'gw.log')
    const log = createLogger({ level: 'info', format: 'json', destination: file })
    createAccessLog(log)!(facts)
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('"request":"r1"')
    const script = `import { createAccessLog, createLogger } from ${JSON.stringify(new URL('../src/log/index.ts', import.meta.url).href)}
      const log = createLogger({ level: 'info', format: 'json' })
      createAccessLog(log)({ id: 'last', method: 'GET', path: '/', status: 200, duration: 1 })
      setTimeout(() => { throw new Error('the end') })`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
    expect(stdout).toContain('"request":"last"')
    rmSync(folder, { recursive: true })
  })

  it('is not there at all where that level is off', () => {
    expect(createAccessLog(collect({ level: 'warn' }))).toBeUndefined()
  })
})
