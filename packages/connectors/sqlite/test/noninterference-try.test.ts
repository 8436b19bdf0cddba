import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNoninterference, type TwinDatabases } from '@gw/testkit/noninterference'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import sqlite from '../src/index.ts'
test('try', { timeout: 500_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-'))
  const files = ['left.db', 'right.db'].map((name) => join(folder, name)) as [string, string]
  const open = files.map((file) => new Database(file))
  for (const one of open) one.pragma('foreign_keys = off')
  const databases: TwinDatabases = {
    configs: [{ database: files[0] }, { database: files[1] }],
    run: async (side, statements) => open[side]!.transaction(() => { for (const s of statements) open[side]!.exec(s) })(),
    close: async () => { for (const one of open) one.close(); rmSync(folder, { recursive: true }) },
  }
  const started = performance.now()
  const tally = await runNoninterference({ type: sqlite, dialect: 'sqlite', prepare: async () => databases }, databases, { triples: Number(process.env.N ?? 400), seed: Number(process.env.SEED ?? 1) })
  await databases.close()
  writeFileSync('/tmp/ni/out.txt', tally.differences.join('\n\n'))
  console.log(tally.triples, tally.answered, tally.inherent, tally.differences.length, performance.now() - started)
})
