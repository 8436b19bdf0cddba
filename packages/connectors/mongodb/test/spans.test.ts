import type { Host } from '@gw/core'
import { catalogOf, type Table } from '@gw/records'
import { MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { config as schema } from '../src/config.ts'
import { mongoSource } from '../src/source.ts'
import { AGGREGATING, type Numbered } from './servers.ts'

test.skipIf(AGGREGATING.missing)(
  'each operation is a span that says what it was, and nothing that was sent',
  async () => {
    const { host, port } = AGGREGATING.at!
    const database = `spans_${process.pid}`
    const client = new MongoClient(`mongodb://${host}:${port}/?directConnection=true`)
    await client.db(database).collection<Numbered>('things').insertOne({ _id: 1, name: 'secret' })
    const begun: string[] = []
    const ended: boolean[] = []
    const given = {
      log: { info() {}, warn() {}, error() {}, debug() {} },
      emit() {},
      span: (name: string, attributes: object) => {
        begun.push(JSON.stringify([name, attributes]))
        return (failed: boolean) => void ended.push(failed)
      },
    } as unknown as Host
    const { source, close } = mongoSource(schema.parse({ host, port, database }), given, () => catalogOf([]))
    const { signal } = new AbortController()
    try {
      const table: Table = (await source.refresh(signal)).byName.get('things')!
      const name = table.fields.find((field) => field.name === 'name')!
      const where = { kind: 'compare', field: name, op: '=', value: { kind: 'slot', slot: 0 } } as const
      expect(await source.count({ kind: 'count', table, where }, ['secret'], { signal })).toBe(1)
      await source.update(
        { kind: 'update', table, where, set: [{ field: name, slot: 1 }], returning: [] },
        ['secret', 'hidden'],
        { signal },
      )
      await source.delete({ kind: 'delete', table, where, returning: [] }, ['hidden'], { signal })
      const span = (operation: string) =>
        JSON.stringify([
          `${operation} things`,
          { 'db.system.name': 'mongodb', 'db.operation.name': operation, 'db.collection.name': 'things' },
        ])
      expect([begun, ended]).toEqual([['count', 'update', 'delete'].map(span), [false, false, false]])
      expect(await client.db(database).collection('things').countDocuments()).toBe(0)
    } finally {
      await close()
      await client.db(database).dropDatabase()
      await client.close()
    }
  },
)
