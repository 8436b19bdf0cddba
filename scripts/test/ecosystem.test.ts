/**
 * What somebody does who has no clone of the repository: all packages come from a registry, as they would be published.
 * In order, because each step goes on where the one before ended.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../publish/pack.ts'
import { run } from '../publish/run.ts'
import type { Running } from './ecosystem/running.ts'
import { runTutorial } from './ecosystem/tutorial.ts'
import { missing, openWorld, ROOT, type World } from './ecosystem/world.ts'

/** ms; installing and building take as long as the machine and the network let them. */
const PATIENCE = 1_200_000
const reason = await missing()

const configuration = (services: string, egress = '') => `import { defineConfig, env } from '@gw/core/config'

export default defineConfig({
  ${egress}
  services: {
    ${services}
  },
  roles: { reader: { access: [{ service: '*', component: '*', verbs: ['GET'] }] } },
  apps: { default: { apiKey: env('GW_API_KEY'), role: 'reader' } },
})
`

describe.skipIf(reason !== undefined)(
  `gw from a registry${reason === undefined ? '' : ` (${reason})`}`,
  { timeout: PATIENCE },
  () => {
    let world: World
    let gateway: Running
    let api = ''
    let key = ''
    const running: Running[] = []

    beforeAll(async () => {
      world = await openWorld(['create-gw', 'create-gw-connector', '@gw/sqlite', '@gw/local-files', '@gw/testkit'])
    }, PATIENCE)
    afterAll(async () => {
      for (const each of running) await each.stop()
      await world?.close()
    }, PATIENCE)

    const project = (file: string) => join(world.folder, 'my-gateway', file)
    const started = async (): Promise<void> => {
      gateway = world.start('npx', ['gw', 'start', '--port', '0'], 'my-gateway')
      running.push(gateway)
      api = (await gateway.said(/"api":"([^"]+)"/))[1]!
    }
    const call = async (path: string) => {
      const answer = await fetch(`${api}/${path}`, { headers: { 'X-DreamFactory-API-Key': key } })
      return { status: answer.status, text: await answer.text() }
    }
    const becoming = async (path: string, status: number) => {
      let answer = await call(path)
      for (let tries = 0; answer.status !== status && tries < 600; tries++) {
        await sleep(200)
        answer = await call(path)
      }
      return answer
    }

    test('publint and Are the types wrong? have nothing against a package', async () => {
      const faults: string[] = []
      for (const packed of world.packed) faults.push(...(await faultsOf(ROOT, packed)))
      expect(faults).toEqual([])
    })

    test('npm create gw makes a project whose key nobody else reads', async () => {
      await world.run('npm', ['create', 'gw@latest', 'my-gateway', '--', '--yes', '--connectors', 'sqlite'])
      const { dependencies } = JSON.parse(readFileSync(project('package.json'), 'utf8'))
      expect(Object.keys(dependencies)).toEqual(['@gw/core', '@gw/sqlite'])
      key = /^GW_API_KEY=([0-9a-f]{64})$/m.exec(readFileSync(project('.env'), 'utf8'))![1]!
      expect(statSync(project('.env')).mode & 0o077).toBe(0)
      expect(readFileSync(project('.gitignore'), 'utf8')).toContain('.env\n')
      expect(await world.run('npx', ['gw', 'check'], 'my-gateway')).toContain('The configuration is valid')
    })

    test('a connector made of a template passes its tests and is published', async () => {
      await world.run('npm', ['create', 'gw-connector@latest', 'gw-weather', '--', '--template', 'http-api'])
      await world.run('npm', ['install'], 'gw-weather')
      const output = await world.run('npm', ['test'], 'gw-weather')
      expect(output).toMatch(/Tests .*passed/)
      expect(output).not.toMatch(/failed/)
      await world.run('npm', ['publish'], 'gw-weather')
    })

    test('packages that are added while the gateway runs need no restart', async () => {
      const database = new DatabaseSync(project('data.db'))
      database.exec("create table books (id integer primary key, title text); insert into books values (1, 'Emma')")
      database.close()
      const source = world.start('node', ['test/source.ts', '0'], 'gw-weather')
      running.push(source)
      const url = (await source.said(/The source is at (\S+)/))[1]!
      const egress = `egress: { allow: ['${new URL(url).host}'] },`
      const db = "db: { type: 'sqlite', config: { database: 'data.db' } },"
      writeFileSync(project('gw.config.ts'), configuration(db, egress))
      await started()
      expect(await call('db/_table/books')).toMatchObject({ status: 200, text: expect.stringContaining('Emma') })

      const added = await world.run('npx', ['gw', 'connectors', 'add', 'local-files', 'gw-weather'], 'my-gateway')
      expect(added).toMatch(/✓ @gw\/local-files \S+ offers the service types local_file/)
      expect(added).toMatch(/✓ gw-weather \S+ offers the service types weather/)
      mkdirSync(project('files'))
      writeFileSync(project('files/hello.txt'), 'Hello')
      const files = "files: { type: 'local_file', config: { container: 'files' } },"
      const wx = `wx: { type: 'weather', config: { base_url: '${url}', api_key: 'the-key-of-the-source' } },`
      writeFileSync(project('gw.config.ts'), configuration([db, files, wx].join('\n    '), egress))
      expect(await becoming('wx/forecast/Vienna?days=1', 200)).toMatchObject({
        text: expect.stringContaining('"max":21'),
      })
      // The services of one change start side by side: which is ready first is not promised.
      expect(await becoming('files/hello.txt', 200)).toEqual({ status: 200, text: 'Hello' })
      expect(await call('db/_table/books')).toMatchObject({ status: 200 })
    })

    test('gw connectors tells packages, versions, ranges, types and health', async () => {
      const listed = await world.run('npx', ['gw', 'connectors'], 'my-gateway')
      const rows = listed.split('\n').map((line) => line.trim().split(/ {2,}/))
      expect(rows).toContainEqual(['weather', 'gw-weather', '0.0.0', '^1.0', 'ok'])
      expect(rows).toContainEqual(['sqlite', '@gw/sqlite', expect.any(String), '^1.0', 'ok'])
      for (const row of [
        ['db', 'sqlite', 'serving'],
        ['files', 'local_file', 'serving'],
        ['wx', 'weather', 'serving'],
      ])
        expect(rows).toContainEqual(row)
    })

    test.each(['typescript-6', 'typescript'])('its types resolve with %s', async (name) => {
      const types = `import weather from 'gw-weather'
import { defineConfig, use } from '@gw/core/config'
export default defineConfig({ services: { wx: use(weather, { base_url: 'https://a.example', api_key: 'k' }) } })
// @ts-expect-error the key is missing
export const wrong = defineConfig({ services: { wx: use(weather, { base_url: 'https://a.example' }) } })
`
      writeFileSync(project('typed.ts'), types)
      // Declarations of libraries are checked, too; those of Node are the connector's own.
      const node = ['--types', 'node', '--typeRoots', join(world.folder, 'gw-weather/node_modules/@types')]
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', ...node]
      await run(join(ROOT, 'node_modules', name, 'bin/tsc'), [...options, 'typed.ts'], { cwd: project('') })
    })

    test('a package that is removed takes down its own services only', async () => {
      const removed = await world.run('npx', ['gw', 'connectors', 'remove', 'gw-weather'], 'my-gateway')
      expect(removed).toContain('The service wx is a weather')
      await gateway.stop()
      await started()
      expect((await call('wx/forecast/Vienna')).status).toBe(503)
      expect((await call('db/_table/books')).status).toBe(200)
    })

    test('the tutorial works, word for word', async () => {
      await runTutorial(world)
    })
  },
)
