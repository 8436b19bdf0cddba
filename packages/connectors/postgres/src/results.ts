/** The types of results that no plan describes, by the numbers with which the server names them. */
import type { ResultColumn } from '@gw/sql'
import type { FieldDef } from 'pg'
import { fieldType } from './types.ts'

/** `format_type`'s names by OID, and of arrays of them. Fixed in PostgreSQL (`pg_type.dat`); what is not here is text. */
// biome-ignore format: reads as a table
const NAMES: Readonly<Record<number, string>> = {
  16: 'boolean', 1000: 'boolean[]', 17: 'bytea', 1001: 'bytea[]', 26: 'oid', 1790: 'refcursor',
  21: 'smallint', 1005: 'smallint[]', 23: 'integer', 1007: 'integer[]', 20: 'bigint', 1016: 'bigint[]',
  700: 'real', 1021: 'real[]', 701: 'double precision', 1022: 'double precision[]', 1700: 'numeric', 1231: 'numeric[]',
  25: 'text', 1009: 'text[]', 1043: 'character varying', 1015: 'character varying[]', 1042: 'character', 1014: 'character[]',
  114: 'json', 199: 'json[]', 3802: 'jsonb', 3807: 'jsonb[]', 2950: 'uuid', 2951: 'uuid[]',
  1082: 'date', 1182: 'date[]', 1083: 'time without time zone', 1183: 'time without time zone[]',
  1266: 'time with time zone', 1270: 'time with time zone[]',
  1114: 'timestamp without time zone', 1115: 'timestamp without time zone[]',
  1184: 'timestamp with time zone', 1185: 'timestamp with time zone[]',
}

export const resultColumn = ({ name, dataTypeID }: FieldDef): ResultColumn => {
  const dbType = NAMES[dataTypeID] ?? 'text'
  return { name, type: fieldType(dbType), dbType }
}
