/** SQLite: a file in a temporary folder, which both systems open. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type BenchDatabase, CUSTOMERS, LAST_NAMES, ORDERS, REGION } from './database.ts'

const COLUMNS = `
  id integer PRIMARY KEY AUTOINCREMENT,
  first_name varchar(40) NOT NULL,
  last_name varchar(40) NOT NULL,
  email varchar(120) NOT NULL,
  city varchar(60),
  credit decimal(10,2) NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT 1,
  region varchar(10) NOT NULL DEFAULT '${REGION}',
  created_at datetime NOT NULL DEFAULT '2026-01-01 12:00:00'`

const numbers = (to: number) => `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${to})`
const scriptOf = (orders: boolean): string => `
  CREATE TABLE customers (${COLUMNS});
  CREATE TABLE signups (${COLUMNS});
  ${numbers(CUSTOMERS)}
  INSERT INTO customers (first_name, last_name, email, city, credit, active, created_at)
  SELECT 'First' || (n % 997), json_extract('${JSON.stringify(LAST_NAMES)}', '$[' || (n % ${LAST_NAMES.length}) || ']'),
    'customer' || n || '@mail.example', CASE WHEN n % 20 = 0 THEN NULL ELSE 'City' || (n % 100) END,
    (n % 10000) / 100.0, n % 7 <> 0, datetime('2024-01-01', (n * 7) || ' minutes')
  FROM n;
  CREATE INDEX customers_by_last_name ON customers (last_name, id);
  CREATE TABLE orders (
    id integer PRIMARY KEY AUTOINCREMENT,
    customer_id integer NOT NULL REFERENCES customers (id),
    total decimal(10,2) NOT NULL,
    region varchar(10) NOT NULL DEFAULT '${REGION}',
    ordered_at datetime NOT NULL);
  ${numbers(orders ? ORDERS : 1)}
  INSERT INTO orders (customer_id, total, ordered_at)
  SELECT 1 + n % ${CUSTOMERS}, (n % 50000) / 100.0, datetime('2025-01-01', n || ' minutes') FROM n WHERE ${orders};
  CREATE INDEX orders_by_customer ON orders (customer_id);
  ANALYZE;`

export const openSqlite = async (): Promise<BenchDatabase> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-bench-sqlite-'))
  const file = join(folder, 'shop.db')
  const admin = new Database(file)
  admin.pragma('journal_mode = wal')
  return {
    name: 'sqlite',
    label: 'SQLite',
    connector: '@gw/sqlite',
    service: { type: 'sqlite', config: { database: file } },
    env: { DATABASE_FILE: file },
    load: async ({ orders }) => void admin.exec(scriptOf(orders)),
    run: async (script) => admin.exec(script),
    reset: async () => void admin.exec('DELETE FROM signups'),
    cpu: () => 0,
    async stop() {
      admin.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
