/** Makes, changes and drops tables: all statements are made before the first one runs. */
import { GwError } from '@gw/core'
import {
  type CatalogCache,
  FAILURES,
  type Failure,
  type Place,
  type RunOptions,
  type SchemaWriter,
  type TableChange,
} from '@gw/records'
import { sql } from 'kysely'
import { isOwnTable } from '../answers.ts'
import type { Runtime } from '../execute/runtime.ts'
import { type Clause, tableName } from './clauses.ts'
import type { SqlDdl } from './dialect.ts'
import { type Building, changeStatements, createStatements } from './statements.ts'

export interface WriterOptions {
  readonly runtime: Runtime
  readonly catalog: CatalogCache
  readonly ddl: SqlDdl
  readonly label: string
  readonly classify: (error: unknown) => Failure | undefined
  /** The configuration's `schema`: blank or `all`, `default`, or a name. */
  readonly schema: unknown
}

/** How long reading the catalogue after a change may take, in milliseconds: the caller may be gone by then. */
const LOOK_TIMEOUT = 60_000

export const schemaWriter = ({
  runtime,
  catalog,
  ddl,
  label,
  classify,
  schema: configured,
}: WriterOptions): SchemaWriter => {
  const { capabilities } = runtime.dialect
  const building = (): Building => ({ ddl, label, known: catalog.known() })

  const statementsOf = (change: TableChange): readonly Clause[] => {
    if (change.kind === 'create') return createStatements(change.definition, building())
    if (change.kind === 'alter') return changeStatements(change.table, change.changes, building())
    return [sql`drop table ${tableName(change.table)}`]
  }
  const apply: SchemaWriter['apply'] = async (changes, signal, onDone) => {
    const each = changes.map(statementsOf)
    /** Whether a part of the change that is being made has been done. */
    let begun = false
    const send = async (options: RunOptions): Promise<void> => {
      for (const [index, statements] of each.entries()) {
        begun = false
        for (const statement of statements) {
          const { sql, parameters: binds } = statement.compile(runtime.db)
          await runtime.run({ sql, binds }, options, true)
          begun = true
        }
        onDone?.(index)
      }
    }
    try {
      if (ddl.transactional) await runtime.transaction(send, { signal })
      else await send({ signal })
    } catch (error) {
      throw refusalOf(error, classify, ddl.transactional || !begun)
    } finally {
      // Also after a failure: without transactions, the statements before it hold.
      await catalog.renew(AbortSignal.timeout(LOOK_TIMEOUT))
    }
  }

  const plainSchema = (): string | undefined => {
    const plain = catalog.current().tables.find(({ name, native, schema }) => schema !== undefined && name === native)
    const named =
      typeof configured === 'string' && !['', 'all', 'default'].includes(configured) ? configured : undefined
    return capabilities.schemas ? (plain?.schema ?? named) : undefined
  }
  const place = (wanted: string): Place => {
    const dot = wanted.indexOf('.')
    const native = wanted.slice(dot + 1)
    if (ddl.reserved?.test(native) || isOwnTable(native))
      throw new GwError(
        'invalid_request',
        `${isOwnTable(native) ? 'The gateway' : label} keeps the name "${native.slice(0, 80)}" for itself.`,
      )
    if (dot < 0 || !capabilities.schemas) return { name: wanted, schema: plainSchema(), native: wanted }
    const given = wanted.slice(0, dot)
    const tables = catalog.current().tables.filter(({ schema }) => schema?.toLowerCase() === given.toLowerCase())
    const schema = tables.find((table) => table.schema === given)?.schema ?? tables[0]?.schema
    if (schema === undefined)
      throw new GwError(
        'invalid_request',
        `There is no schema "${given.slice(0, 80)}" among the tables of this service: a table can only be made beside others.`,
      )
    const bare = tables.some((table) => table.name === table.native)
    return { name: bare ? native : `${schema}.${native}`, schema, native }
  }

  return {
    label,
    longestName: ddl.longestName,
    place,
    transactional: ddl.transactional,
    apply,
  }
}

/**
 * What no family of errors knows is, where tables are made, something that the definition asks for; and what can't be
 * written is held by something else.
 */
const refusalOf = (error: unknown, classify: WriterOptions['classify'], whole: boolean): unknown => {
  if (!GwError.is(error)) return error
  const { code, message } = toldOf(error, classify)
  if (whole && message === error.message) return error
  const rest = whole ? '' : ' A part of it has been done: this database can not undo changes of tables.'
  return new GwError(code, `${message}${rest}`, { cause: error, retryable: error.retryable && code === error.code })
}

const toldOf = (error: GwError, classify: WriterOptions['classify']): Pick<GwError, 'code' | 'message'> => {
  if (error.code === 'upstream_failed')
    return { code: 'invalid_request', message: 'The database does not accept this definition.' }
  const { in_use } = FAILURES
  return classify(error.cause)?.reason === 'not_writable' ? { code: in_use.code, message: in_use.text() } : error
}
