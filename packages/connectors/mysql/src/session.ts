/** A session as the executor needs it, whatever the server's settings are. */
import mysql, { type Connection } from 'mysql2'
import type { Config } from './config.ts'

const { TypedParameter } = mysql

export interface Session {
  /** What lies between two generated values: more than 1 where several servers write. */
  readonly insertStep: number
  /** Whether it knows INSERT … RETURNING. */
  readonly returning: boolean
  /** Whether LOAD DATA LOCAL may be tried. */
  loads: boolean
  /** Lifts the session's time limit, and sets it again. */
  readonly unlimited: { readonly before: string; readonly after: string }
  /** Runs a statement without parameters, unprepared. */
  query(sql: string): Promise<unknown>
}

const STRICT = [
  'ONLY_FULL_GROUP_BY',
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
]
/** A 0 is a 0, and not a wish for the next number. */
const ALWAYS = 'NO_AUTO_VALUE_ON_ZERO'

/** @param limit milliseconds that a read may take, instead of the configuration's */
export const prepareSession = async (connection: Connection, config: Config, limit?: number): Promise<Session> => {
  const query = (sql: string) =>
    new Promise<unknown>((resolve, reject) => {
      connection.query({ sql, rowsAsArray: true }, (error, result) => (error ? reject(error) : resolve(result)))
    })
  const one = async (sql: string) => ((await query(sql)) as readonly (readonly unknown[])[])[0]![0]
  const version = String(await one('select version()'))
  const mariadb = /mariadb/i.test(version)
  const [major, minor] = version.split('.').map(Number.parseFloat) as [number, number]
  const returning = mariadb && (major > 10 || (major === 10 && minor >= 5))
  await setVariables(connection, variablesOf(config, mariadb, limit))
  for (const statement of config.statements) await query(statement)
  const variable = mariadb ? 'max_statement_time' : 'max_execution_time'
  const time = Number(await one(`select @@${variable}`))
  const unlimited = { before: `set session ${variable} = 0`, after: `set session ${variable} = ${time}` }
  const insertStep = Number(await one('select @@auto_increment_increment'))
  return { insertStep, returning, loads: true, unlimited, query }
}

/** MariaDB counts in seconds. */
const timeLimit = (mariadb: boolean, milliseconds: number) =>
  mariadb ? { max_statement_time: milliseconds / 1000 } : { max_execution_time: milliseconds }

const variablesOf = (config: Config, mariadb: boolean, limit?: number): Readonly<Record<string, unknown>> => ({
  autocommit: 1,
  sql_mode: modesOf(config),
  ...(config.timezone === '' ? {} : { time_zone: config.timezone }),
  ...timeLimit(mariadb, config.statement_timeout),
  ...config.options,
  ...(limit !== undefined && timeLimit(mariadb, limit)),
  character_set_client: 'utf8mb4',
  character_set_results: 'utf8mb4',
  ...(config.collation === ''
    ? { character_set_connection: 'utf8mb4' }
    : // DreamFactory's hint, `utf8_unicode_ci`, means the old three-byte set.
      { collation_connection: config.collation.replace(/^utf8_/i, 'utf8mb4_') }),
})

const modesOf = ({ modes, strict }: Config): string => {
  const wished = modes
    .split(',')
    .map((mode) => mode.trim())
    .filter(Boolean)
  if (wished.length > 0) return [...wished, ALWAYS].join()
  return [...(strict ? STRICT : ['NO_ENGINE_SUBSTITUTION']), ALWAYS].join()
}

const setVariables = (connection: Connection, variables: Readonly<Record<string, unknown>>): Promise<void> => {
  const sets = Object.keys(variables).map((name) => `session \`${name.replaceAll('`', '``')}\` = ?`)
  // Most variables take whole numbers only, and the driver would send every number as a floating one.
  const values = Object.values(variables).map((value) =>
    Number.isSafeInteger(value) ? TypedParameter.LONGLONG(value as number) : value,
  )
  const sql = `set ${sets.join(', ')}`
  return new Promise<void>((resolve, reject) => {
    connection.execute(sql, values as never[], (error) => (error ? reject(error) : resolve()))
  }).finally(() => connection.unprepare(sql))
}
