/**
 * Many records by COPY, which differs from INSERT in what it passes by: rules, and that an identity may be the
 * database's own business. A table that has either is left to statements. Row security refuses COPY by itself.
 */
import { copyIn, copyText, whenIdle } from '@gw/pgwire'
import type { SqlLoad, SqlResult } from '@gw/sql'
import pg from 'pg'
import { binder } from './types.ts'

const { escapeIdentifier } = pg

/** The name of the prepared statement that looks. */
export const ALIKE = 'gw_copy_alike'
/** Whether a COPY into these columns of a table does what an INSERT does. */
const LOOK = `
  select c.relkind in ('r', 'p') and not c.relhasrules and not c.relrowsecurity and not exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = any($2::text[]) and a.attidentity = 'a')
  from pg_class c where c.oid = to_regclass($1)`

interface Session {
  run(sql: string, binds: readonly unknown[], name: string): Promise<SqlResult>
  /** Stops what an abort has to. */
  stoppable<T>(work: () => Promise<T>): Promise<T>
}

export const load = async (
  { table, columns, records }: SqlLoad,
  client: pg.Client,
  { run, stoppable }: Session,
): Promise<boolean> => {
  const parts = table.schema === undefined ? [table.native] : [table.schema, table.native]
  const into = parts.map(escapeIdentifier).join('.')
  const natives = columns.map(({ native }) => native)
  const { rows } = await run(LOOK, [into, natives], ALIKE)
  if (rows[0]?.[0] !== 't') return false
  await whenIdle(client)
  const sql = `copy ${into} (${natives.map(escapeIdentifier).join(', ')}) from stdin`
  const binders = columns.map(binder)
  const bound = binders.some((bind) => bind)
    ? records.map((values) => values.map((value, at) => (binders[at] ? binders[at](value) : value)))
    : records
  await stoppable(() => copyIn(client, sql, copyText(bound)))
  return true
}
