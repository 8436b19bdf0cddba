/** Gateway processes with one store, as an operator runs them; any of them can be killed and comes back. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GATEWAY_SCRIPT } from '../../bench/systems/gateway.ts'
import { type System, startSystem } from '../../bench/systems/process.ts'
import { freePort } from '../../scripts/backends/postgres.ts'

export interface Node {
  readonly name: string
  readonly url: string
  /** Whether a balancer sends it calls: from its first good answer to `/readyz` on, until it refuses a connection. */
  ready: boolean
  /** When its process was gone after it was killed last, by `performance.now()`; infinite while it is dying. */
  gone: number
}

export interface Cluster {
  readonly nodes: readonly Node[]
  /** Of the first administrator, as each node's log has it. */
  readonly codes: readonly string[]
  /** Ends a node with SIGKILL and starts it again. Settles when it is ready. */
  kill(node: Node): Promise<void>
  close(): Promise<void>
}

const codeIn = (log: string): string => {
  const [, code] = /set-up code is ([0-9A-Z-]+)/.exec(readFileSync(log, 'utf8')) ?? []
  if (code === undefined) throw new Error('a node has no set-up code in its log')
  return code
}

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** @param system the key `system` of the configuration, the same for all of them */
export const startCluster = async (count: number, system: object): Promise<Cluster> => {
  // Inside this package, so that the connectors are found.
  const results = join(import.meta.dirname, '..', 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'nodes-'))
  const configuration = { connectors: ['@gw/postgres', '@gw/system'], log: { level: 'warn', format: 'json' }, system }
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configuration))
  const logOf = (name: string) => join(folder, `${name}.log`)
  const start = (name: string, port: number): Promise<System> =>
    startSystem({
      name,
      script: GATEWAY_SCRIPT,
      args: ['start'],
      cwd: folder,
      env: {},
      port,
      probe: '/readyz',
      output: logOf(name),
    })
  const running = new Map<Node, System>()
  for (let at = 1; at <= count; at++) {
    const name = `node-${at}`
    const started = await start(name, await freePort())
    running.set({ name, url: started.url, ready: true, gone: Number.NEGATIVE_INFINITY }, started)
  }
  const nodes = [...running.keys()]
  return {
    nodes,
    codes: nodes.map(({ name }) => codeIn(logOf(name))),
    async kill(node) {
      const { pid } = running.get(node)!
      node.gone = Number.POSITIVE_INFINITY
      process.kill(pid, 'SIGKILL')
      running.delete(node)
      while (isThere(pid)) await pause(1)
      node.gone = performance.now()
      running.set(node, await start(node.name, Number(new URL(node.url).port)))
      node.ready = true
    },
    async close() {
      await Promise.all([...running.values()].map((one) => one.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
