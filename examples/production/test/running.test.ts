/** The configuration, run as the compose file and the unit run it, against a real PostgreSQL and a real Redis. */
import { readdirSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type {} from '../../../scripts/backends/shared.ts'
import { guide } from './files.ts'
import { type Folder, folderWith, gw, type Node, startNode } from './gateway.ts'

const [postgres, redis] = [inject('postgres'), inject('redis')]
const missing = inject('postgresMissing') ?? inject('redisMissing')
const KEY = 'c0ffee00'.repeat(8)
const NEW_KEY = 'decade00'.repeat(8)
const ROOT = { email: 'root@gw.test', name: 'Root', password: 'sixteen letters and more' }

const onServer = async (statement: string) => {
  const client = new pg.Client({ ...postgres! })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

describe.skipIf(missing)(`nodes as the example has them${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const database = `gw_production_${process.pid}_${Date.now()}`
  let folder: Folder
  let env: Readonly<Record<string, string>>
  const nodes: Node[] = []
  const start = async () => {
    const node = await startNode(folder.path, ['start', '--port', '0'], env)
    nodes.push(node)
    return node
  }
  const secretsWith = (key: string) => ({
    system_key: key,
    store_password: postgres!.password,
    redis_password: redis!.password,
    metrics_token: 'a-token-of-this-test',
  })

  beforeAll(async () => {
    await onServer(`create database ${database}`)
    folder = folderWith(secretsWith(KEY))
    env = {
      GW_HOST: '127.0.0.1',
      GW_STORE_HOST: postgres!.host,
      GW_STORE_PORT: String(postgres!.port),
      GW_STORE_DATABASE: database,
      GW_STORE_USER: postgres!.user,
      GW_STORE_SSLMODE: 'disable',
      GW_REDIS: `${redis!.host}:${redis!.port}`,
    }
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    folder.remove()
    await onServer(`drop database ${database} with (force)`)
  })

  test('start, answer their probes and tell their metrics to who may know, and write nothing beside themselves', async () => {
    const before = readdirSync(folder.path)
    expect(gw(folder.path, ['migrate'], env)).toEqual({ status: 0, told: expect.any(String) })
    const { url } = await start()
    const statusOf = async (path: string, headers = {}) => (await fetch(url + path, { headers })).status
    expect([await statusOf('/healthz'), await statusOf('/readyz'), await statusOf('/metrics')]).toEqual([200, 200, 401])
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer a-token-of-this-test' } })
    const metrics = await answer.text()
    const signs = [...guide().matchAll(/^\| `((?:gw|nodejs)_\w+)/gm)].map(([, name]) => name!.replace(/_count$/, ''))
    expect(signs.length).toBeGreaterThan(3)
    for (const sign of signs) expect(metrics).toContain(`# TYPE ${sign} `)
    expect(readdirSync(folder.path)).toEqual(before)
  })

  test('are set up on any of them with the code of any log, and take over a new key one by one', async () => {
    const [first] = nodes
    const second = await start()
    const codes = [first!, second].map((node) => /set-up code is ([0-9A-Z-]+)/.exec(node.log())?.[1])
    expect(codes[0]).toMatch(/^[0-9A-Z-]{29}$/)
    expect(codes[1]).toBe(codes[0])
    const post = (url: string, path: string, body: object) =>
      fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    expect((await post(second.url, '/setup', { ...ROOT, code: codes[0] })).status).toBe(201)
    const session = await post(second.url, '/api/v2/system/admin/session', ROOT)
    const { session_token } = (await session.json()) as { session_token: string }

    const rotated = folderWith(secretsWith(`${NEW_KEY},${KEY}`))
    try {
      const third = await startNode(rotated.path, ['start', '--port', '0'], env)
      nodes.push(third)
      const { status, told } = gw(rotated.path, ['keys', 'rotate'], env)
      expect([status, told]).toEqual([0, expect.stringContaining('Older keys are not needed any more')])
      const known = await fetch(`${third.url}/api/v2/system/role`, {
        headers: { 'x-dreamfactory-session-token': session_token },
      })
      expect(known.status).toBe(200)
      expect(await third.stop()).toBe(0)
    } finally {
      rotated.remove()
    }
  })
})
