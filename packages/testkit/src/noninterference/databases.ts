/** Fills the two databases, and opens a gateway over each. */
import type { ServiceType } from '@gw/core'
import { EVERYTHING } from '../governance.ts'
import { type Answer, type Ask, openGateway, type TestGateway } from '../harness.ts'
import { clearing, recounting, rowsSql, type StandardDialect, tableSql } from '../records/ddl.ts'
import type { StandardTable } from '../records/standard.ts'
import type { WorldRelation } from './asking.ts'
import type { Rows } from './twins.ts'
import { GENERATED, GHOST, type Row, upserts, type World } from './world.ts'

/** Two databases of a connector. */
export interface TwinDatabases {
  /** The configurations that reach them: left, right. */
  readonly configs: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]
  /** Runs statements in one of them, without checking references. */
  run(side: 0 | 1, statements: readonly string[]): Promise<void>
  /** An answer without the name of the database, where answers tell it. */
  plain?(text: string): string
  close(): Promise<void>
}

export interface NoninterferenceOptions {
  readonly type: ServiceType<any>
  readonly dialect: StandardDialect
  prepare(): Promise<TwinDatabases>
  readonly root?: string
}

export type Side = 0 | 1
export const SIDES: readonly Side[] = [0, 1]

const withGhost = (world: World, side: Side, table: StandardTable): StandardTable =>
  side === 0 && world.ghost && table.name === 't0' ? { ...table, fields: [...table.fields, world.ghost] } : table

/**
 * What the ghost holds. A reference leads to its own record, so that it keeps none from being deleted; MariaDB does not
 * delete such a record either.
 */
const ghostIn = (world: World, dialect: StandardDialect, row: Row): unknown => {
  if (!world.ghost?.references) return 'boo'
  return dialect === 'mysql' ? null : row.id
}

const withRows = (world: World, dialect: StandardDialect, side: Side, rows: Rows): readonly StandardTable[] =>
  world.tables.map((table) => {
    const own = rows[table.name]!
    const ghostly = (row: Row): Row => ({ ...row, [GHOST]: ghostIn(world, dialect, row) })
    return withGhost(world, side, {
      ...table,
      rows: side === 0 && world.ghost && table.name === 't0' ? own.map(ghostly) : own,
    })
  })

/**
 * SQLite counts up every key that is declared `integer`: from the largest row that there is, and a key that it makes
 * then tells of hidden rows (see the guide to access rules).
 */
const uncounted = (statement: string): string => statement.replace('"id" integer not null', '"id" int not null')

/** Makes the tables anew, empty. */
export const createTables = async (databases: TwinDatabases, dialect: StandardDialect, world: World): Promise<void> => {
  for (const side of SIDES) {
    const drops = ['t2', 't1', 't0'].map((name) => `drop table if exists ${name}`)
    const creates = world.tables.map((table) =>
      uncounted(tableSql(dialect, withGhost(world, side, { ...table, rows: [] }))),
    )
    await databases.run(side, [...drops, ...creates])
  }
}

/** Brings the rows of both, and the counters of keys, to what they are meant to be. */
export const fill = async (
  databases: TwinDatabases,
  dialect: StandardDialect,
  world: World,
  rows: readonly [Rows, Rows],
): Promise<void> => {
  for (const side of SIDES) {
    const tables = withRows(world, dialect, side, rows[side])
    await databases.run(side, [
      ...clearing(dialect, tables),
      ...tables.flatMap((table) => rowsSql(dialect, table)),
      ...tables.flatMap((table) =>
        table.fields.some(({ auto }) => auto) ? recounting(dialect, table, GENERATED) : [],
      ),
    ])
  }
}

export interface TwinGateways {
  ask(side: Side, ask: Ask): Promise<Answer>
  readonly relations: Readonly<Record<string, readonly WorldRelation[]>>
  close(): Promise<void>
}

const remember = async (gateway: TestGateway, world: World): Promise<void> => {
  const done = async (ask: Ask) => {
    const answer = await gateway.ask({ ...ask, as: EVERYTHING })
    if (answer.status !== 200) throw new Error(`${ask.method} ${ask.path} ${JSON.stringify(ask.body)}: ${answer.text}`)
  }
  for (const { name, aliases, computed, virtual } of world.tables) {
    const field = [
      ...Object.entries(aliases).map(([native, alias]) => ({ name: native, alias })),
      ...(computed
        ? [{ name: computed.name, is_virtual: true, db_function: [{ use: ['SELECT'], function: computed.text }] }]
        : []),
    ]
    if (field.length > 0) await done({ method: 'PATCH', path: `_schema/${name}`, body: { field } })
    if (virtual.length > 0)
      await done({ method: 'POST', path: `_schema/${name}/_related`, body: { resource: virtual } })
  }
}

/** With few records a page, and with creating by PUT and PATCH, in some of the worlds. */
const settingsOf = (world: World) => ({ allow_upsert: upserts(world), ...(world.seed % 3 === 0 && { max_records: 4 }) })

/** Opens both gateways, which remember the same of their tables. */
export const openTwins = async (
  { type, root }: NoninterferenceOptions,
  databases: TwinDatabases,
  world: World,
): Promise<TwinGateways> => {
  const opened: TestGateway[] = []
  const close = async () => {
    for (const gateway of opened) await gateway.close()
  }
  try {
    for (const side of SIDES) {
      const gateway = await openGateway({
        services: { db: { type, config: { ...databases.configs[side], ...settingsOf(world) } } },
        ...(root !== undefined && { root }),
      })
      opened.push(gateway)
      await remember(gateway, world)
    }
    const relations: Record<string, readonly WorldRelation[]> = {}
    for (const { name } of world.tables) {
      // Of the left one, whose ghost has relations, too.
      const { body } = await opened[0]!.ask({ path: `_schema/${name}` })
      relations[name] = body.related.map((one: any) => ({ name: one.alias ?? one.name, to: one.ref_table }))
    }
    const { plain = (text) => text } = databases
    const ask = async (side: Side, asked: Ask): Promise<Answer> => {
      const answer = await opened[side]!.ask(asked)
      return { ...answer, text: plain(answer.text) }
    }
    return { relations, close, ask }
  } catch (error) {
    await close()
    throw error
  }
}
