/** Related records within a statement: their cells as the text that the server would send by itself. */
import type { Field, SqlEmbed } from '@gw/sql'
import { type RawBuilder, sql } from '@gw/sql/kysely'

const plainType = ({ dbType }: Pick<Field, 'dbType'>): string => dbType.replace(/\(.*?\)/, '')

/** Types of keys that are equal where their texts are. Not here, for one: decimals, floats, `citext`, `char(n)`, domains. */
const WHOLE: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint'])
const TEXT: ReadonlySet<string> = new Set(['text', 'character varying'])
const KEYS: readonly ReadonlySet<string>[] = [WHOLE, TEXT, new Set(['uuid'])]

/** Types whose cast to text is their output. It is another one of `boolean`, `char(n)`, `inet`, for example. */
const CAST: ReadonlySet<string> = new Set([
  ...WHOLE,
  ...TEXT,
  ...['numeric', 'real', 'double precision', 'uuid', 'json', 'jsonb', 'bytea', 'date'],
  ...['time without time zone', 'time with time zone', 'timestamp without time zone', 'timestamp with time zone'],
])

/** `concat` calls any type's output; `num_nulls` holds a row of nulls for what it is, a value. */
const output = (column: RawBuilder<unknown>) => sql`case num_nulls(${column}) when 0 then concat(${column}) end`

export const embed: SqlEmbed = {
  comparable: (own, other) => KEYS.some((types) => types.has(plainType(own)) && types.has(plainType(other))),
  // Byte by byte, as wire forms are compared, and whatever collations the two columns have.
  equal: (other, own, field) =>
    TEXT.has(plainType(field)) ? sql<boolean>`${other} = ${own} collate "default"` : sql<boolean>`${other} = ${own}`,
  text: (column, field) => (CAST.has(plainType(field)) ? sql`${column}::text` : output(column)),
  cells: (texts) => sql`array[${sql.join(texts)}]`,
  record: (cells, lists) => (lists.length > 0 ? sql`json_build_array(${sql.join([cells, ...lists])})` : cells),
  list: (record) => sql`coalesce(json_agg(${record}), '[]')`,
}
