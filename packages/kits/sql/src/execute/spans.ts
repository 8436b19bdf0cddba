/**
 * A span for each statement of a plan, where traces are wanted: what it does, to which table, in which system
 * (OpenTelemetry's conventions for databases). No statement's text and no value: both may hold what callers sent.
 */
import type { Host } from '@gw/core'
import type { RecordsSource } from '@gw/records'

type Begin = NonNullable<Host['span']>
type End = ReturnType<Begin>

/** What statements are called; those of plans that read are all selects. */
const OPERATIONS = {
  read: 'SELECT',
  count: 'SELECT',
  group: 'SELECT',
  insert: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
  truncate: 'TRUNCATE',
} as const

/** The names that the conventions have, where they are not the type's own. */
const SYSTEMS: Readonly<Record<string, string>> = { pgsql: 'postgresql' }

interface Planned {
  readonly kind: keyof typeof OPERATIONS
  readonly table: { readonly name: string }
}

/** Sources may answer at once, or later. */
const ended = <T>(end: End, work: () => T): T => {
  try {
    const result = work()
    if (!(result instanceof Promise)) {
      end(false)
      return result
    }
    return result.then(
      (value) => {
        end(false)
        return value
      },
      (error: unknown) => {
        end(true)
        throw error
      },
    ) as T
  } catch (error) {
    end(true)
    throw error
  }
}

/** From the first row that is asked for until the reader has all, or leaves. */
async function* endedStream<T>(begin: () => End, work: () => AsyncIterable<T>): AsyncIterable<T> {
  const end = begin()
  let failed = true
  try {
    yield* work()
    failed = false
  } finally {
    end(failed)
  }
}

/** @param type the service type's name */
export const tracedSource = (source: RecordsSource, begin: Begin, type: string): RecordsSource => {
  const system = SYSTEMS[type] ?? type
  const opened = ({ kind, table: { name } }: Planned): End =>
    begin(`${OPERATIONS[kind]} ${name}`, {
      'db.system.name': system,
      'db.operation.name': OPERATIONS[kind],
      'db.collection.name': name,
    })
  const traced = <P extends Planned, A extends readonly unknown[], R>(method: (plan: P, ...rest: A) => R) => {
    return (plan: P, ...rest: A): R => ended(opened(plan), () => method(plan, ...rest))
  }
  const { readEncoded, group, stream } = source
  return {
    ...source,
    read: traced(source.read),
    count: traced(source.count),
    insert: traced(source.insert),
    update: traced(source.update),
    delete: traced(source.delete),
    truncate: traced(source.truncate),
    ...(readEncoded && { readEncoded: traced(readEncoded) }),
    ...(group && { group: traced(group) }),
    ...(stream && {
      stream: (plan, values, options) =>
        endedStream(
          () => opened(plan),
          () => stream(plan, values, options),
        ),
    }),
  }
}
