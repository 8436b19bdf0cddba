import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { addConnectors, removeConnectors } from '../src/commands/connectors/change.ts'
import { packageSpec } from '../src/commands/connectors/names.ts'
import type { Terminal } from '../src/commands/terminal.ts'
import { gw } from './commands-terminal.ts'
import { type FakeProject, good, makeProject, removeProjects } from './discovery-projects.ts'

afterAll(removeProjects)

describe('what can be installed', () => {
  test.each([
    ['gw-weather', { name: 'gw-weather', version: undefined }],
    ['gw-weather@^1.2', { name: 'gw-weather', version: '^1.2' }],
    ['@acme/gw-erp@next', { name: '@acme/gw-erp', version: 'next' }],
    ['mysql', { name: '@gw/mysql', version: undefined }],
    ['pgsql@0.1.0', { name: '@gw/postgres', version: '0.1.0' }],
    // A module of Node, which no package may be called.
    ['http', { name: '@gw/http', version: undefined }],
  ])('%s is a name', (text, spec) => {
    expect(packageSpec(text)).toEqual(spec)
  })

  test.each([
    '',
    '--registry=http://evil.example',
    '-g',
    '../folder',
    './folder',
    '/tmp/x.tgz',
    'git+ssh://git@host/x.git',
    'https://host/x.tgz',
    'github:acme/gw-erp',
    'acme/gw-erp',
    'gw-weather@npm:other@1',
    'gw-weather@file:../x',
    'gw-weather@1 || 2; touch x',
    'gw-weather@$(id)',
    'gw-weather@',
    'gw weather',
    'GW-Weather',
    'node_modules',
  ])('"%s" is none', (text) => {
    expect(() => packageSpec(text)).toThrow(/is not the name of a package|is neither a range/)
  })
})

/** Stands for a package manager, and writes down how it was called: yarn and bun are not on every machine. */
const standIn = (root: string, name: string, exit = 0): void => {
  mkdirSync(join(root, 'bin'), { recursive: true })
  const script = `#!/bin/sh\nfor each in ${name} "$@"; do printf '%s\\n' "$each"; done > called.txt\nexit ${exit}\n`
  writeFileSync(join(root, 'bin', name), script)
  chmodSync(join(root, 'bin', name), 0o755)
}
const terminalAt = (cwd: string) => {
  const out: string[] = []
  const terminal: Terminal = {
    cwd,
    env: { PATH: `${join(cwd, 'bin')}:/usr/bin:/bin` },
    print: (text = '') => out.push(text),
    note: (text) => out.push(text),
    style: (_, text) => text,
  }
  return { terminal, said: () => out.join('\n') }
}
const calledIn = (root: string): readonly string[] =>
  existsSync(join(root, 'called.txt')) ? readFileSync(join(root, 'called.txt'), 'utf8').trimEnd().split('\n') : []

const weather: FakeProject = { packages: { 'gw-weather': good('weather'), plain: {} } }

describe('gw connectors add', () => {
  test.each([
    ['npm', { 'package-lock.json': '{}' }, ['npm', 'i', 'gw-weather@^1.2']],
    ['pnpm', { 'pnpm-lock.yaml': '' }, ['pnpm', 'add', 'gw-weather@^1.2']],
    ['yarn', { 'yarn.lock': '' }, ['yarn', 'add', 'gw-weather@^1.2']],
    ['bun', { 'bun.lock': '' }, ['bun', 'add', 'gw-weather@^1.2']],
  ])('%s installs where its lock file is', async (manager, files, called) => {
    const root = makeProject({ ...weather, files })
    standIn(root, manager)
    const { terminal, said } = terminalAt(root)
    expect(await addConnectors(terminal, ['gw-weather@^1.2'], {})).toBe(0)
    expect(calledIn(root)).toEqual(called)
    expect(said()).toContain('✓ gw-weather 1.2.3 offers the service types weather')
  })

  test('packageManager decides where there is no lock file', async () => {
    const root = makeProject({ ...weather, project: { packageManager: 'pnpm@12.0.0' } })
    standIn(root, 'pnpm')
    await addConnectors(terminalAt(root).terminal, ['gw-weather'], {})
    expect(calledIn(root)).toEqual(['pnpm', 'add', 'gw-weather'])
  })

  test('what is no connector is told, and how to be rid of it', async () => {
    const root = makeProject(weather)
    standIn(root, 'npm')
    const { terminal, said } = terminalAt(root)
    expect(await addConnectors(terminal, ['plain'], {})).toBe(1)
    expect(said()).toContain('✗ plain is installed, but is not a connector')
    expect(said()).toContain('gw connectors remove plain')
  })

  test('a connector that a configuration does not list is told', async () => {
    const root = makeProject({ ...weather, files: { 'gw.config.json': '{ "connectors": ["gw-other"] }' } })
    standIn(root, 'npm')
    const { terminal, said } = terminalAt(root)
    await addConnectors(terminal, ['gw-weather'], {})
    expect(said()).toContain('gw.config lists its connectors: add "gw-weather" to them')
  })

  test('a package manager that fails is the end of it', async () => {
    const root = makeProject(weather)
    standIn(root, 'npm', 7)
    const { terminal, said } = terminalAt(root)
    expect(await addConnectors(terminal, ['gw-weather'], {})).toBe(7)
    expect(said()).not.toContain('offers')
  })

  test('nothing is run for a name that is none, also where others are', async () => {
    const root = makeProject(weather)
    standIn(root, 'npm')
    const { code, err } = await gw(root, 'connectors', 'add', 'gw-weather', '../x')
    expect([code, err]).toEqual([1, expect.stringContaining('"../x" is not the name of a package')])
    expect(calledIn(root)).toEqual([])
  })
})

describe('gw connectors remove', () => {
  const files = { 'gw.config.json': '{ "services": { "wx": { "type": "weather" } } }' }

  test('it names the services that were of its types', async () => {
    const root = makeProject({ ...weather, files })
    standIn(root, 'npm')
    const { terminal, said } = terminalAt(root)
    expect(await removeConnectors(terminal, ['gw-weather'], {})).toBe(0)
    expect(calledIn(root)).toEqual(['npm', 'uninstall', 'gw-weather'])
    expect(said()).toContain('The service wx is a weather')
  })

  test('what is not there can not be removed', async () => {
    const root = makeProject({ ...weather, files })
    standIn(root, 'npm')
    const { code, err } = await gw(root, 'connectors', 'remove', 'mysql')
    expect([code, err]).toEqual([1, expect.stringContaining('@gw/mysql is not in package.json')])
    expect(calledIn(root)).toEqual([])
  })
})

describe('gw connectors', () => {
  const services = { fine: { type: 'weather' }, fails: { type: 'weather', config: { fail: true } } }
  const root = makeProject({ ...weather, files: { 'gw.config.json': JSON.stringify({ services }) } })
  const rowsOf = (text: string) => text.split('\n').map((line) => line.split(/ {2,}/))

  test('it tells how the configured services are', async () => {
    const { code, out } = await gw(root, 'connectors')
    expect(code).toBe(0)
    expect(rowsOf(out)).toContainEqual(['weather', 'gw-weather', '1.2.3', '^1.0', 'ok'])
    expect(rowsOf(out)).toContainEqual(['fine', 'weather', 'serving'])
    expect(rowsOf(out)).toContainEqual(['fails', 'weather', 'down', expect.stringContaining('no route to host')])
  })

  test('it starts nothing where it is told so', async () => {
    const { out } = await gw(root, 'connectors', '--no-health')
    expect(rowsOf(out)).toContainEqual(['weather', 'gw-weather', '1.2.3', '^1.0', 'ok'])
    expect(out).not.toContain('fine')
  })
})
