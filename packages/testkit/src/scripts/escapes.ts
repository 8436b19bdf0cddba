/** Published ways out of sandboxes, replayed: none may read, write, start, reach or end anything of the host. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { ServiceType } from '@gw/core'
import { test } from 'vitest'
import { openGateway, type TestGateway } from '../harness.ts'

export interface EscapesOptions {
  readonly type: ServiceType<any>
  /**
   * A script that without `trick` among its parameters lists the names of its tricks, and with one plays it, towards
   * the parameters `file`, `out`, `port` and `command`. Where it would have no effect to be seen, it says ESCAPED.
   */
  readonly script: string
  /** As many as there are at least, so that none gets lost. */
  readonly least: number
}

const SECRET = 'what-nobody-may-read'
const ENVIRONMENT = 'GW_TESTKIT_ESCAPES'

interface Target {
  readonly folder: string
  readonly file: string
  readonly out: string
  readonly port: number
  connections(): number
  close(): void
}

const target = async (): Promise<Target> => {
  // Not the folder that scripts have of their own: it would be theirs, and prove nothing.
  const folder = mkdtempSync(join(process.cwd(), '.escapes-'))
  const file = join(folder, 'secret')
  writeFileSync(file, SECRET)
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.end(SECRET)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env[ENVIRONMENT] = SECRET
  return {
    folder,
    file,
    out: join(folder, 'out'),
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close() {
      delete process.env[ENVIRONMENT]
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the trick did, in words; nothing where it did nothing. */
const effect = async ({ ask }: TestGateway, trick: string, goal: Target): Promise<string | undefined> => {
  const { folder, file, out, port } = goal
  const command = `cat ${file}; echo x > ${out}`
  const before = goal.connections()
  const { text } = await ask({ service: 'script', path: '', query: { trick, file, out, port, command } })
  if (text.includes(SECRET)) return `told the secret: ${text.slice(0, 200)}`
  if (text.includes('ESCAPED')) return 'was let through'
  if (text.includes('root:x:0:')) return 'told who has accounts'
  if (!existsSync(file) || readFileSync(file, 'utf8') !== SECRET) return 'changed the file'
  if (existsSync(out) || readdirSync(folder).length !== 1) return 'made a file'
  if (goal.connections() !== before) return 'connected'
  if (({} as Record<string, unknown>).polluted !== undefined) return 'changed the objects of the gateway'
  if ((await ask({ service: 'script', path: '' })).status !== 200) return 'ended the service'
  return undefined
}

/** Declares the test. It is skipped, by name, on a host that has no sandbox for scripts. */
export const escapesConformance = async ({ type, script, least }: EscapesOptions): Promise<void> => {
  const { sandboxed, missing } = await type.engine!.inspect()
  const name = `${type.name}: no published way out of a sandbox has any effect`
  const why = missing ?? (sandboxed ? undefined : 'this host has no sandbox for scripts')
  if (why !== undefined) return test.skip(`${name} (${why})`, () => {})
  test(name, { timeout: 400_000 }, async () => {
    const goal = await target()
    const gateway = await openGateway({
      services: { script: { type, config: { content: script, timeout: 4, max_concurrency: 1 } } },
    })
    try {
      const { body: tricks } = await gateway.ask({ service: 'script', path: '' })
      assert.ok(Array.isArray(tricks) && tricks.length >= least, `there are ${tricks.length} tricks, not ${least}`)
      const effects: string[] = []
      for (const trick of tricks) {
        const what = await effect(gateway, trick, goal)
        if (what !== undefined) effects.push(`${trick}: ${what}`)
      }
      assert.deepEqual(effects, [])
    } finally {
      await gateway.close()
      goal.close()
    }
  })
}
