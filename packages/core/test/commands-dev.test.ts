import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { connectorAt } from '../src/commands/dev/folder.ts'
import { connector, makeProject, removeProjects } from './discovery-projects.ts'

const BIN = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(removeProjects)

describe('a folder is a connector’s', () => {
  const folder = (project: object, files: Readonly<Record<string, string>> = {}) => makeProject({ project, files })
  const gwOf = (serviceTypes: object) => ({ contract: '^1.0', serviceTypes })
  const built = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } }

  test('it is run from its sources, where they are there', () => {
    const root = folder({ gw: gwOf({ local: '.' }), exports: built }, { 'src/index.ts': connector('local') })
    expect(connectorAt(root)?.modules).toEqual(['./src/index.ts'])
  })

  test('it is run as it is built where they are not', () => {
    expect(connectorAt(folder({ gw: gwOf({ local: '.' }), exports: built }))?.modules).toEqual(['.'])
  })

  test.each<[string, object, Record<string, string>]>([
    ['has no manifest', {}, {}],
    ['offers no service types', { gw: gwOf({}) }, {}],
    ['has a configuration of its own', { gw: gwOf({ local: '.' }) }, { 'gw.config.json': '{}' }],
  ])('not one that %s', (_, project, files) => {
    expect(connectorAt(folder(project, files))).toBeUndefined()
  })

  test('its manifest has to be right', () => {
    const root = folder({ gw: { contract: 'soon' } })
    expect(() => connectorAt(root)).toThrow('its package.json is wrong: gw.contract must be a range')
  })
})

describe('gw dev in a connector’s folder', () => {
  const KEY_OF_DEV = 'a-key-that-only-this-test-has'
  const packageJson = {
    name: 'gw-local',
    gw: { contract: '^1.0', serviceTypes: { local: '.' } },
    exports: { '.': './src/index.ts' },
  }

  test('it prints what can be called, and runs what changes anew', async () => {
    const root = makeProject({ project: packageJson, files: { 'src/index.ts': connector('local') } })
    const child = spawn(process.execPath, [BIN, 'dev', '--port', '0'], {
      cwd: root,
      env: { PATH: process.env.PATH, GW_API_KEY: KEY_OF_DEV },
    })
    running.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    const said = async (times: number) => {
      const lines = await vi.waitFor(
        () => {
          const found = [...output.matchAll(/^ {2}curl -H '([^:]+): ([^']+)' '([^']+)'$/gm)]
          expect(found.length, output).toBeGreaterThanOrEqual(times)
          return found
        },
        { timeout: 60_000 },
      )
      const [, header, key, url] = lines.at(-1)!
      return (await fetch(url!, { headers: { [header!]: key! } })).json()
    }
    expect(await said(1)).toEqual({ hello: 'world' })
    expect(output).toContain('GET /hello  Says hello')
    writeFileSync(join(root, 'src/index.ts'), connector('local').replace("'world'", "'changed'"))
    expect(await said(2)).toEqual({ hello: 'changed' })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await exited
  }, 120_000)

  test('what the schema has no default for comes from gw.dev.json', async () => {
    const services = { mine: { type: 'local', config: { name: 'Ada' } } }
    const root = makeProject({
      project: packageJson,
      files: { 'src/index.ts': connector('local'), 'gw.dev.json': JSON.stringify({ services, server: { port: 0 } }) },
    })
    const child = spawn(process.execPath, [BIN, 'dev'], { cwd: root, env: { PATH: process.env.PATH } })
    running.push(child)
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
    })
    const [, key, url] = await vi.waitFor(
      () => {
        const found = /curl -H 'X-DreamFactory-API-Key: ([0-9a-f]{64})' '([^']+\/mine\/hello)'/.exec(output)
        if (found) return found
        throw new Error(output)
      },
      { timeout: 60_000 },
    )
    expect(await (await fetch(url!, { headers: { 'X-DreamFactory-API-Key': key! } })).json()).toEqual({ hello: 'Ada' })
    expect((await fetch(url!, { headers: { 'X-DreamFactory-API-Key': 'another-key-of-some-length' } })).status).toBe(
      400,
    )
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
  }, 120_000)
})
