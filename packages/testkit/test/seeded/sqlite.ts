/** The SQLite connector with something wrong about it: what the suites of SQL, records and services are measured by, too. */
import type { ServiceType } from '@gw/core'
import { defineSqlServiceType, type SqlConnection, type SqlDialect, type SqlExecutor, type SqlResult } from '@gw/sql'
import type { ConformanceDefinition, ConformanceSource, Suite } from '../../src/index.ts'
import { serviceSuite } from '../../src/index.ts'
import { RECORDS_PROVEN, recordsSuite } from '../../src/records/index.ts'
import { SQL_PROVEN, sqlSuite } from '../../src/sql/index.ts'

// By its folder: the testkit depends on no connector.
const DEFINITION = new URL('../../../connectors/sqlite/gw.conformance.ts', import.meta.url).href
const { default: definition } = (await import(DEFINITION)) as { default: ConformanceDefinition }

export type Change = (dialect: SqlDialect<any>) => SqlDialect<any>

/** Rebuilds an executor from the one that it stands before, within transactions as well. */
type Over = (inner: SqlExecutor) => Partial<SqlExecutor>

const overExecutor = (inner: SqlExecutor, over: Over): SqlExecutor => ({
  run: (...args) => inner.run(...args),
  ...(inner.stream && { stream: (...args) => inner.stream!(...args) }),
  ...(inner.load && { load: (...args) => inner.load!(...args) }),
  ...(inner.savepoint && { savepoint: (work) => inner.savepoint!(work) }),
  ...over(inner),
})

const connections =
  (change: (connection: SqlConnection) => Partial<SqlConnection>): Change =>
  (dialect) => ({
    ...dialect,
    open(settings, host) {
      const connection = dialect.open(settings, host)
      return {
        ...connection,
        introspect: (db, signal) => connection.introspect(db, signal),
        close: () => connection.close(),
        ...change(connection),
      }
    },
  })

const executors = (over: Over, transaction?: SqlConnection['executor']['transaction']): Change =>
  connections(({ executor }) => ({
    executor: {
      ...overExecutor(executor, over),
      transaction:
        transaction ?? ((work, signal) => executor.transaction((inside) => work(overExecutor(inside, over)), signal)),
    },
  }))

const results = (change: (result: SqlResult) => SqlResult): Change =>
  executors((inner) => ({ run: async (...args) => change(await inner.run(...args)) }))

const statements = (
  change: (sql: string, binds: readonly unknown[]) => readonly [string, readonly unknown[]],
): Change =>
  executors((inner) => ({
    run: (sql, binds, options) => inner.run(...change(sql, binds), { ...options, name: undefined }),
    ...(inner.stream && { stream: (sql, binds, options) => inner.stream!(...change(sql, binds), options) }),
  }))

const cells = (change: (cell: unknown) => unknown): Change =>
  results((result) => ({ ...result, rows: result.rows.map((row) => row.map(change)) }))

const introspected = (change: (found: any) => any): Change =>
  connections((connection) => ({
    introspect: async (db, signal) => change(await connection.introspect(db, signal)),
  }))

const tables = (change: (table: any) => any) =>
  introspected((found) => ({ ...found, tables: found.tables.map(change) }))

const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value ?? 'null'))

/** With the family whose suite is to notice. */
export const DIALECTS: Readonly<Record<string, readonly ['service' | 'records' | 'sql', Change]>> = {
  'throws where it should classify': [
    'sql',
    (dialect) => ({
      ...dialect,
      classify: (thrown: any) => (thrown.code === 'X' ? undefined : dialect.classify(thrown)),
    }),
  ],
  'does not know its own errors': ['sql', (dialect) => ({ ...dialect, classify: () => undefined })],
  'takes one kind of failure for another': [
    'sql',
    (dialect) => ({
      ...dialect,
      classify(error) {
        const failure = dialect.classify(error)
        return failure?.reason === 'foreign_key' ? { ...failure, reason: 'check' } : failure
      },
    }),
  ],
  'cuts texts that it is given': [
    'sql',
    statements((sql, binds) => [sql, binds.map((bind) => (typeof bind === 'string' ? bind.slice(0, 20) : bind))]),
  ],
  'writes values into the text of statements': [
    'sql',
    statements((sql, binds) => {
      const left = [...binds]
      return [sql.replace(/\?/g, () => quoted(left.shift())), []]
    }),
  ],
  'runs what nobody waits for any more': [
    'sql',
    executors((inner) => ({
      run: (sql, binds, options) => inner.run(sql, binds, { ...options, signal: new AbortController().signal }),
    })),
  ],
  'holds a whole list before it gives the first row': [
    'sql',
    executors((inner) => ({
      async *stream(...args) {
        yield (await Array.fromAsync(inner.stream!(...args))).flat()
      },
    })),
  ],
  'ends a stream after its first part': [
    'records',
    executors((inner) => ({
      async *stream(...args) {
        for await (const part of inner.stream!(...args)) {
          yield part.slice(0, 3)
          return
        }
      },
    })),
  ],
  'commits what fails': [
    'records',
    (dialect) =>
      connections(({ executor }) => ({
        executor: { ...overExecutor(executor, () => ({})), transaction: (work) => work(executor) },
      }))(dialect),
  ],
  'rounds integers of 64 bits': [
    'records',
    cells((cell) => (typeof cell === 'bigint' ? BigInt(Math.round(Number(cell) / 1_000) * 1_000) : cell)),
  ],
  'loses the zone of a time': [
    'records',
    statements((sql, binds) => [
      sql,
      binds.map((bind) => (typeof bind === 'string' ? bind.replace(/(:\d\d\.\d+)[+-]\d\d:\d\d$/, '$1') : bind)),
    ]),
  ],
  'swallows what the database refuses': [
    'records',
    executors((inner) => ({
      async run(...args) {
        try {
          return await inner.run(...args)
        } catch (error) {
          if (String((error as { code?: string }).code).startsWith('SQLITE_CONSTRAINT'))
            return { rows: [], affected: 1 }
          throw error
        }
      },
    })),
  ],
  'forgets the limit': [
    'records',
    statements((sql, binds) => [sql.replace('limit cast(? as integer)', 'limit max(cast(? as integer), 1000)'), binds]),
  ],
  'drops the last record of a load': [
    'records',
    executors((inner) => ({
      ...(inner.load && {
        load: (load, options) => inner.load!({ ...load, records: load.records.slice(0, -1) }, options),
      }),
    })),
  ],
  'leaves out a table': [
    'sql',
    introspected((found) => ({ ...found, tables: found.tables.filter(({ name }: any) => name !== 'journal') })),
  ],
  'takes every field for one that may be null': [
    'sql',
    tables((table) => ({ ...table, fields: table.fields.map((field: any) => ({ ...field, nullable: true })) })),
  ],
  'does not know keys of several fields': [
    'sql',
    tables((table) => ({ ...table, primaryKey: table.primaryKey.slice(0, 1) })),
  ],
  'forgets to close': ['service', connections(() => ({ close: async () => {} }))],
}

const FAMILIES = {
  service: (type: ServiceType<any>, source: ConformanceSource) =>
    serviceSuite({ type, proven: [...RECORDS_PROVEN, ...SQL_PROVEN], ...source.service! }),
  records: (type: ServiceType<any>, source: ConformanceSource) => recordsSuite({ type, ...source.records! }),
  sql: (_type: ServiceType<any>, source: ConformanceSource, dialect: SqlDialect<any>) =>
    sqlSuite({ ...source.sql!, dialect, prepare: source.records!.prepare }),
}

/** The suite of a family over a changed dialect, and over a database of its own. */
export const sqliteSuite = async (family: keyof typeof FAMILIES, change: Change): Promise<Suite> => {
  const source = (await definition.open()) as ConformanceSource
  const dialect = change(source.sql!.dialect)
  const suite: Suite = FAMILIES[family](defineSqlServiceType(dialect), source, dialect)
  return {
    ...suite,
    async close(context) {
      await suite.close?.(context)
      await source.close?.()
    },
  }
}
