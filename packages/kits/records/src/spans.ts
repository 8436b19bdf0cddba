/**
 * A span for each statement of a plan, where traces are wanted: what it does, to which table, in which system
 * (OpenTelemetry's conventions for databases). No statement's text and no value: both may hold what callers sent.
 */
import type { Host } from '@gw/core'
import type { RecordsSource } from './source.ts'

type Begin = NonNullable<Host['span']>
type End = ReturnType<Begin>

type Kind = 'read' | 'count' | 'group' | 'insert' | 'update' | 'delete' | 'truncate'

/** What SQL's statements are called; those of plans that read are all selects. */
const SQL_OPERATIONS: Readonly<Record<Kind, string>> = {
  read: 'SELECT',
  count: 'SELECT',
  group: 'SELECT',
  insert: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
  truncate: 'TRUNCATE',
}

/** The names that the conventions have, where they are not the type's own. */
const SYSTEMS: Readonly<Record<string, string>> = { pgsql: 'postgresql' }

interface Planned {
  readonly kind: Kind
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

/**
 * @param type the service type's name
 * @param operations what the source calls what it is asked for; by default, as SQL does
 */
export const tracedSource = (
  source: RecordsSource,
  begin: Begin,
  type: string,
  operations: Readonly<Record<Kind, string>> = SQL_OPERATIONS,
): RecordsSource => {
  const system = SYSTEMS[type] ?? type
  const opened = ({ kind, table: { name } }: Planned): End =>
    begin(`${operations[kind]} ${name}`, {
      'db.system.name': system,
      'db.operation.name': operations[kind],
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
