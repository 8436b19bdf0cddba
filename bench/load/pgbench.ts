/** The statements of b by themselves, sent by PostgreSQL's own pgbench: no HTTP, and nobody makes JSON of the rows. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Address, CUSTOMERS, LAST_NAMES } from '../databases/database.ts'
import { SIGNUP, type WorkloadName } from '../workloads.ts'

const run = promisify(execFile)
const COLUMNS = 'id, first_name, last_name, email, city, credit, active, region, created_at'
const { first_name, last_name, email, city, credit, active, region } = SIGNUP
const list = (limit: number) => `SELECT ${COLUMNS} FROM customers ORDER BY id LIMIT ${limit};`
/** One script for each workload that is one statement. */
const SCRIPTS: Readonly<Partial<Record<WorkloadName, string>>> = {
  W1: `\\set id random(1, ${CUSTOMERS})\nSELECT ${COLUMNS} FROM customers WHERE id = :id;`,
  W2: `SELECT ${COLUMNS} FROM customers WHERE last_name = '${LAST_NAMES[1]}' ORDER BY id LIMIT 10;`,
  W3: list(100),
  W4: list(1000),
  W5: `INSERT INTO signups (first_name, last_name, email, city, credit, active, region)
VALUES ('${first_name}', '${last_name}', '${email}', '${city}', ${credit}, ${active}, '${region}') RETURNING ${COLUMNS};`.replace(
    '\n',
    ' ',
  ),
}
export const STATEMENTS = Object.keys(SCRIPTS) as readonly WorkloadName[]

/** Why pgbench can't be used here, or `undefined`. */
export const pgbenchMissing = async (): Promise<string | undefined> => {
  try {
    await run('pgbench', ['--version'])
    return undefined
  } catch {
    return 'there is no pgbench on this machine; Debian has it in the package postgresql-contrib.'
  }
}

/** @returns statements/s */
export const pgbench = async (
  address: Address,
  workload: WorkloadName,
  clients: number,
  seconds: number,
): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-pgbench-'))
  try {
    const script = join(folder, 'statement.sql')
    writeFileSync(script, SCRIPTS[workload] ?? '')
    const where = ['-h', address.host, '-p', String(address.port), '-U', address.user]
    const how = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', script]
    const env = { ...process.env, PGPASSWORD: address.password }
    const { stdout } = await run('pgbench', [...where, ...how, address.database], { env })
    const [, text] = /tps = ([\d.]+) \(without/.exec(stdout) ?? []
    if (text === undefined) throw new Error(`pgbench did not say how fast it was: ${stdout.slice(-300)}`)
    return Number(text)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
