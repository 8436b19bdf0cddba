/** Several calls on records as one: in order, each under its own rights, all in one transaction. */
import { type Call, type Endpoint, GwError, isRows, type Method, type Reply, type Step, statusOf } from '@gw/core'
import { entryOf } from '../batch.ts'
import type { Kit } from '../execute/work.ts'
import type { RecordsParams } from '../params/query.ts'
import type { RecordsSource } from '../source.ts'
import { type Inside, runInside, sourceFor } from './inside.ts'
import { references } from './references.ts'
import { transacted } from './transacted.ts'

/** A step as it was sent. */
export interface Asked {
  readonly id?: string | undefined
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly body?: unknown
}

/** A step's answer. */
export interface Done {
  readonly id: string
  readonly status: number
  readonly body: unknown
}

/** Records that the answers of one batch may hold: all of them are in memory at once. */
const MOST_RECORDS = 100_000

const failed = (error: GwError, id: string, index: number): GwError =>
  new GwError(error.code, `Step '${id}' failed, and nothing of the batch was done: ${error.message}`, {
    cause: error.cause,
    retryable: error.retryable,
    ...(error.headers && { headers: error.headers }),
    wire: {
      status: statusOf(error),
      ...(error.wire?.code !== undefined && { code: error.wire.code }),
      context: { step: id, index, error: entryOf(error) },
    },
  })

/** Runs what belongs to a step; its failures say which step it was. */
const asStep = async <T>(id: string, index: number, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw GwError.is(error) ? failed(error, id, index) : error
  }
}

const idOf = ({ id }: Asked, index: number): string => id ?? String(index)

/** Decides on the rights to a step, before anything is done. */
const opened = async (call: Call, asked: Asked, endpoints: ReadonlySet<Endpoint>): Promise<Step> => {
  const { method, path, query = {} } = asked
  const texts = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const step = await call.step(path, { method, query: texts })
  if (endpoints.has(step.endpoint)) return step
  throw new GwError('invalid_request', `${method} ${path} can not be a step: a batch is about records in _table.`)
}

/** What only makes sense for a call of its own. */
const refuseApart = ({ query }: Call): void => {
  const { refresh, stream } = query as RecordsParams
  if (!refresh && !stream) return
  throw new GwError('invalid_request', `The parameter ${stream ? 'stream' : 'refresh'} can not be used in a batch.`)
}

const sizeOf = (reply: Reply): number => (isRows(reply) && Array.isArray(reply.items) ? reply.items.length : 1)

/** The steps, one after the other, in an open transaction. */
const runAll = async (
  call: Call,
  asked: readonly Asked[],
  steps: readonly Step[],
  source: RecordsSource,
  inside: Inside,
): Promise<readonly Done[]> => {
  const results = new Map<string, unknown>()
  const { resolve } = references(results)
  const done: Done[] = []
  let left = MOST_RECORDS
  for (const [index, step] of steps.entries()) {
    call.signal.throwIfAborted()
    const one = asked[index]!
    const id = idOf(one, index)
    const body = await asStep(id, index, async () => {
      const own = await step.open(resolve(one.method, one.body))
      refuseApart(own)
      runInside(own, source)
      const reply = await step.endpoint.handle(own)
      // A failure that was not passed on would make the database undo what is answered as done.
      if (inside.failure) throw inside.failure
      left -= sizeOf(reply)
      if (left < 0) throw new GwError('too_large', `The answers of a batch hold ${MOST_RECORDS} records at most.`)
      return step.content(reply)
    })
    results.set(id, body).set(String(index), body)
    done.push({ id, status: step.endpoint.status ?? 200, body })
  }
  return done
}

/**
 * Runs the steps of a batch and returns their answers.
 * @param endpoints those that may be steps
 * @throws GwError the first failure, which says whose it is; then nothing was done
 */
export const runSteps = async (
  kit: Kit,
  call: Call,
  asked: readonly Asked[],
  endpoints: ReadonlySet<Endpoint>,
): Promise<readonly Done[]> => {
  const source = sourceFor(call) ?? kit.source
  if (!source.capabilities.transactions || !source.transaction)
    throw new GwError('not_supported', 'This service has no transactions, so that several calls can not be made one.')
  const ids = asked.map(idOf)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new GwError('invalid_request', `Two steps have the id '${twice}'.`)
  const steps: Step[] = []
  for (const [index, one] of asked.entries())
    steps.push(await asStep(ids[index]!, index, () => opened(call, one, endpoints)))

  return transacted(source, call.signal, (within, inside) => runAll(call, asked, steps, within, inside))
}
