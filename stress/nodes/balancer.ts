/** Chooses nodes as a balancer does: in turn, those that are ready; a refused connection means the next one. */
import { Agent, request } from 'node:http'
import type { Cluster, Node } from './cluster.ts'

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}
export interface Answer {
  readonly status: number
  readonly body: any
  /** By `performance.now()`. */
  readonly started: number
  readonly ended: number
}
/** The node was killed while the call was under way. */
export const LOST = 'lost'

export interface Balancer {
  /** @throws Error where a call failed that was not under way on a node that was killed */
  send(sent: Sent): Promise<Answer | typeof LOST>
  close(): void
}

/** Milliseconds that a start may take on a loaded machine. */
const MOST_DOWN = 120_000

export const balancerOf = ({ nodes }: Pick<Cluster, 'nodes'>): Balancer => {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  let turn = 0
  const once = (node: Node, { method, path, headers, body }: Sent) =>
    new Promise<{ status: number; text: string }>((answered, failed) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const sending = request(
        `${node.url}${path}`,
        { agent, method, headers: { ...headers, ...(text !== undefined && { 'content-type': 'application/json' }) } },
        async (answer) => {
          try {
            const chunks: Buffer[] = []
            for await (const chunk of answer) chunks.push(chunk as Buffer)
            answered({ status: answer.statusCode!, text: Buffer.concat(chunks).toString('utf8') })
          } catch (error) {
            failed(error)
          }
        },
      )
      sending.on('error', (error) => failed(Object.assign(error, { reused: sending.reusedSocket })))
      sending.end(text)
    })
  return {
    async send(sent) {
      for (let tries = 0; tries <= 2 * nodes.length; tries++) {
        const ready = nodes.filter((node) => node.ready)
        const node = ready[turn++ % ready.length]
        if (!node) throw new Error('no node is ready')
        const begun = performance.now()
        try {
          const { status, text } = await once(node, sent)
          return { status, body: text === '' ? undefined : JSON.parse(text), started: begun, ended: performance.now() }
        } catch (error) {
          const { code, reused } = error as { code?: string; reused?: boolean }
          const isRefused = code === 'ECONNREFUSED'
          if (begun <= node.gone && !isRefused) return LOST
          // Of a node that was never killed, this would be a failure; so it is of one that was back.
          const isDown = begun - node.gone < MOST_DOWN
          // A kept connection of before the kill, over which nothing came any more: the next node, as when it is refused.
          if (!isDown || !(isRefused || reused)) throw error
          if (isRefused) node.ready = false
        }
      }
      throw new Error('every node refused the connection')
    },
    close: () => agent.destroy(),
  }
}
