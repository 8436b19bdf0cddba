/** MariaDB: the machine's own, with data that it generates itself. */
import { readFileSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import { startMariadb } from '../../scripts/backends/mariadb.ts'
import { familyCpuTime } from '../systems/process.ts'
import { type BenchDatabase, CUSTOMERS, LAST_NAMES, ORDERS, REGION } from './database.ts'

const COLUMNS = `
  id integer PRIMARY KEY AUTO_INCREMENT,
  first_name varchar(40) NOT NULL,
  last_name varchar(40) NOT NULL,
  email varchar(120) NOT NULL,
  city varchar(60),
  credit decimal(10,2) NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  region varchar(10) NOT NULL DEFAULT '${REGION}',
  created_at datetime NOT NULL DEFAULT '2026-01-01 12:00:00'`

const scriptOf = (orders: boolean): readonly string[] => [
  `CREATE TABLE customers (${COLUMNS})`,
  `CREATE TABLE signups (${COLUMNS})`,
  `INSERT INTO customers (first_name, last_name, email, city, credit, active, created_at)
    SELECT concat('First', seq % 997), elt(1 + seq % ${LAST_NAMES.length}, ${LAST_NAMES.map((name) => `'${name}'`).join(', ')}),
      concat('customer', seq, '@mail.example'), if(seq % 20 = 0, NULL, concat('City', seq % 100)),
      (seq % 10000) / 100.0, seq % 7 <> 0, cast('2024-01-01' AS datetime) + interval seq * 7 minute
    FROM seq_1_to_${CUSTOMERS}`,
  'CREATE INDEX customers_by_last_name ON customers (last_name, id)',
  `CREATE TABLE orders (
    id integer PRIMARY KEY AUTO_INCREMENT,
    customer_id integer NOT NULL,
    total decimal(10,2) NOT NULL,
    region varchar(10) NOT NULL DEFAULT '${REGION}',
    ordered_at datetime NOT NULL,
    KEY orders_by_customer (customer_id),
    FOREIGN KEY (customer_id) REFERENCES customers (id))`,
  `INSERT INTO orders (customer_id, total, ordered_at)
    SELECT 1 + seq % ${CUSTOMERS}, (seq % 50000) / 100.0, cast('2025-01-01' AS datetime) + interval seq minute
    FROM seq_1_to_${ORDERS} WHERE ${orders}`,
  'ANALYZE TABLE customers',
]

export const openMariadb = async (pool: number): Promise<BenchDatabase> => {
  const backend = await startMariadb()
  const { host, port, user, password, database } = backend.url
  const admin = await createConnection({ host, port, user, password, database, multipleStatements: true })
  const [[row]] = (await admin.query('SELECT @@pid_file AS file')) as unknown as [[{ file: string }]]
  const pid = Number(readFileSync(row.file, 'utf8'))
  const config = { host, port, database, username: user, password, pool_size: pool, sslmode: 'disable' }
  return {
    name: 'mariadb',
    label: 'MariaDB',
    connector: '@gw/mysql',
    service: { type: 'mysql', config: { ...config, schema: 'default' } },
    env: { DATABASE_URL: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}` },
    address: backend.url,
    async load({ orders }) {
      for (const statement of scriptOf(orders)) await admin.query(statement)
    },
    run: (script) => admin.query(script),
    reset: async () => void (await admin.query('TRUNCATE signups')),
    cpu: () => familyCpuTime(pid),
    async stop() {
      await admin.end()
      await backend.stop()
    },
  }
}
