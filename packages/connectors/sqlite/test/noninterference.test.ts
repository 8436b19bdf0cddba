import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noninterference, runNoninterference, type TwinDatabases } from '@gw/testkit/noninterference'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import sqlite from '../src/index.ts'
import { LEAKING } from './fixtures/leaking.ts'

/** Two files, which the suite fills without checking references. */
const prepare = async (): Promise<TwinDatabases> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-'))
  const files = [join(folder, 'left.db'), join(folder, 'right.db')] as const
  const opened = files.map((file) => new Database(file))
  for (const database of opened) {
    database.pragma('foreign_keys = off')
    database.pragma('synchronous = off')
  }
  return {
    configs: [{ database: files[0] }, { database: files[1] }],
    async run(side, statements) {
      const database = opened[side]!
      database.transaction(() => {
        for (const statement of statements) database.exec(statement)
      })()
    },
    async close() {
      for (const database of opened) database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

noninterference({ type: sqlite, dialect: 'sqlite', prepare })

describe('the suite for what roles hide notices a service that', () => {
  test.each(Object.entries(LEAKING))('%s', async (_what, change) => {
    const databases = await prepare()
    try {
      const options = { type: change(sqlite), dialect: 'sqlite', prepare } as const
      const { differences } = await runNoninterference(options, databases, {
        triples: 3_000,
        seed: 1,
        mostDifferences: 1,
      })
      expect(differences).toHaveLength(1)
    } finally {
      await databases.close()
    }
  })
})
