import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const KEY = 'a-key-that-is-long-enough'
const GW = resolve(import.meta.dirname, '../../../core/src/bin.ts')
const CONNECTOR = resolve(import.meta.dirname, '..')
let folder: string

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The `gw` command in a process of its own. */
const gw = (...args: readonly string[]): Promise<Ran> =>
  new Promise((done) => {
    execFile(process.execPath, [GW, ...args], { cwd: folder, env: { PATH: process.env.PATH } }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

const run = (content: string, ...args: readonly string[]): Promise<Ran> => {
  writeFileSync(join(folder, 'try.js'), content)
  return gw('script', 'run', 'try.js', '--settings', '{"sandbox": "preferred", "currency": "EUR"}', ...args)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gw-script-test-'))
  const rights = { service: 'stock', component: '*', verbs: ['GET'], requestors: ['script'] }
  writeFileSync(
    join(folder, 'gw.config.json'),
    JSON.stringify({
      connectors: [CONNECTOR],
      services: {
        stock: {
          type: 'nodejs',
          config: { content: 'return { by: platform.session.app?.name ?? null }', sandbox: 'preferred' },
        },
      },
      roles: { reader: { access: [rights] }, nobody: { access: [] } },
      apps: { site: { apiKey: KEY, role: 'reader' }, other: { apiKey: `${KEY}-2`, role: 'nobody' } },
    }),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('gw script run', () => {
  test('prints what the script returns, and its log apart from it', async () => {
    const ran = await run(
      "console.log('working')\nreturn { event, config: platform.config }",
      '--method',
      'post',
      '--path',
      'orders/5?limit=2',
      '--payload',
      '{"a": 1}',
    )
    expect(ran.err.trim()).toBe('working')
    expect(ran.code).toBe(0)
    const { event, config } = JSON.parse(ran.out)
    expect(event.request).toMatchObject({ method: 'POST', parameters: { limit: '2' }, payload: { a: 1 } })
    expect(event.resource).toBe('orders/5')
    expect(config.currency).toBe('EUR')
  })

  test('takes the event from a file, and prints the response where nothing is returned', async () => {
    writeFileSync(join(folder, 'event.json'), '{"response": {"status_code": 200, "content": {"n": 1}}}')
    const ran = await run('event.response.content.n++', '--event', 'event.json')
    expect(JSON.parse(ran.out)).toMatchObject({ status_code: 200, content: { n: 2 } })
  })

  test('calls services as the operator, or as the app of a key', async () => {
    const script = "return await platform.api.get('stock/x')"
    expect(JSON.parse((await run(script)).out)).toMatchObject({ status_code: 200, content: { by: null } })
    expect(JSON.parse((await run(script, '--key', KEY)).out)).toMatchObject({
      status_code: 200,
      content: { by: 'site' },
    })
    expect(JSON.parse((await run(script, '--key', `${KEY}-2`)).out)).toMatchObject({ status_code: 401 })
  })

  test('names the line of what fails, and ends with 1', async () => {
    const failed = await run('\nnull.x')
    expect(failed).toMatchObject({ code: 1, out: '' })
    expect(failed.err).toMatch(/The script failed at line 2\. TypeError/)
    expect((await run('const const')).err).toMatch(/can not be read at line 1/)
    expect((await gw('script', 'run', 'none.js')).err).toMatch(/none\.js can not be read/)
    writeFileSync(join(folder, 'try.cob'), '')
    expect((await gw('script', 'run', 'try.cob')).err).toMatch(/Say so with --type: nodejs/)
  })
})
