/** Keys of texts in the collation of a field. */
import type { RecordsSource } from '@gw/records'
import { sql } from 'kysely'
import type { Runtime } from './runtime.ts'

/** Texts in one statement: each is a column of its answer. */
const BLOCK = 256

/** Where the dialect knows no such keys, nothing. */
export const collationKeys = ({ db, dialect, run }: Runtime): Pick<RecordsSource, 'collationKeys'> => {
  const { collationKey } = dialect.syntax
  if (!collationKey) return {}
  const keysOf: RecordsSource['collationKeys'] = async ({ collation }, texts, options) => {
    const keys: string[] = []
    for (let at = 0; at < texts.length; at += BLOCK) {
      const columns = texts.slice(at, at + BLOCK).map((text) => collationKey(sql`${text}`, collation!))
      const { sql: statement, parameters: binds } = sql`select ${sql.join(columns)}`.compile(db)
      const { rows } = await run({ sql: statement, binds }, options, false)
      keys.push(...(rows[0] as readonly string[]))
    }
    return keys
  }
  return { collationKeys: keysOf }
}
