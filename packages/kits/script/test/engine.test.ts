import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GwError, type ScriptOutcome } from '@gw/core'
import { recordedHost } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import { createEngine } from '../src/engine.ts'
import type { Isolation } from '../src/isolation/detect.ts'
import { javascript } from './languages.ts'

const NOTHING: () => Promise<Isolation> = async () => ({})

const event = () => ({
  request: {
    api_version: '2.0',
    method: 'GET',
    parameters: {},
    headers: {},
    payload: null,
    content: '',
    content_type: '',
    uri: '/',
    service: 'script',
  },
  response: { status_code: null, headers: {}, content: null, content_type: null },
  resource: '',
})

const run = async (
  engine: ReturnType<typeof createEngine>,
  content: string,
  config: object = { sandbox: 'preferred' },
): Promise<ScriptOutcome> => {
  const host = recordedHost()
  const script = engine.open({ name: 'test', content, config: { ...config } }, host)
  try {
    return await script.run({
      event: event(),
      session: { user: null, role: null, app: null, is_sys_admin: false, lookup: {} },
      fetch: async () => new Response('nothing'),
      signal: new AbortController().signal,
      log: host.log,
    })
  } finally {
    await script.close()
  }
}

describe('a host without a sandbox', () => {
  const engine = createEngine(javascript(), NOTHING)

  test('says so, and does not run a script that needs one', async () => {
    expect(await engine.inspect()).toEqual({
      missing: undefined,
      sandboxed: false,
      isolation: 'no sandbox on this host; the interpreter refuses files and processes, the environment is empty',
    })
    await expect(run(engine, 'return 1', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('install bubblewrap'),
    })
  })

  test('runs one that prefers one in a folder of its own, which goes with it, and without the environment', async () => {
    process.env.GW_SCRIPT_CANARY = 'canary'
    const { returned } = await run(engine, 'return { folder: process.cwd(), environment: Object.keys(process.env) }')
    delete process.env.GW_SCRIPT_CANARY
    const { folder, environment } = returned as { folder: string; environment: string[] }
    expect(folder).toMatch(/gw-script-/)
    expect(existsSync(folder)).toBe(false)
    expect(environment.sort()).toEqual(['HOME', 'LANG', 'TMPDIR'])
  })

  test('leaves it to the interpreter to refuse files and programs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gw-test-'))
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'secret')
    const reads = `return require('node:fs').readFileSync(${JSON.stringify(secret)}, 'utf8')`
    await expect(run(engine, reads)).rejects.toThrow(/Access to this API has been restricted/)
    await expect(run(engine, "require('node:child_process').execSync('true')")).rejects.toThrow(/restricted/)
    rmSync(folder, { recursive: true })
  })

  test('still stops what runs without end, with everything that it started', async () => {
    const started = performance.now()
    await expect(run(engine, 'for (;;);', { sandbox: 'preferred', timeout: 1 })).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
    expect(performance.now() - started).toBeGreaterThan(900)
  })
})

describe('a language', () => {
  test('whose interpreter is missing says what to install, and is found once it is there', async () => {
    let there = false
    const found = javascript()
    const engine = createEngine(
      javascript({ find: async () => (there ? found.find() : 'JavaScript is not installed: install it.') }),
    )
    expect((await engine.inspect()).missing).toBe('JavaScript is not installed: install it.')
    await expect(run(engine, 'return 1')).rejects.toMatchObject({ code: 'unavailable', message: /install it/ })
    there = true
    expect((await run(engine, 'return 1')).returned).toBe(1)
  })

  test('whose interpreter does not start is a 503, and the log has the reason', async () => {
    const engine = createEngine(
      javascript({ find: async () => ({ program: '/nowhere/node', mounts: [], version: '' }) }),
      NOTHING,
    )
    await expect(run(engine, 'return 1')).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('refuses limits that can not be, by name', () => {
    const engine = createEngine(javascript())
    const open = () => engine.open({ name: 'x', content: '', config: { timeout: -1 } }, recordedHost())
    expect(open).toThrow(GwError)
    expect(open).toThrow(/timeout/)
  })

  test('whose script changes has the new one run, also where another service keeps it', async () => {
    let content = 'return 1'
    const host = { ...recordedHost(), read: async () => new Response(content) }
    const script = createEngine(javascript()).open(
      { name: 'x', storage_service_id: 3, storage_path: 'a.js', config: { sandbox: 'preferred' } },
      host,
    )
    const once = async () => {
      const outcome = await script.run({
        event: event(),
        session: { user: null, role: null, app: null, is_sys_admin: false, lookup: {} },
        fetch: async () => new Response(''),
        signal: new AbortController().signal,
        log: host.log,
      })
      return outcome.returned
    }
    expect(await once()).toBe(1)
    content = 'return 2'
    script.forget()
    expect(await once()).toBe(2)
    content = 'return return'
    script.forget()
    await expect(once()).rejects.toThrow(/can not be read at line 1/)
    content = 'return 4'
    script.forget()
    expect(await once()).toBe(4)
    await script.close()
  })
})
