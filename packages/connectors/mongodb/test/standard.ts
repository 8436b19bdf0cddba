/** The suite's standard schema as collections: types by validators, keys as `_id`, dates as the texts that were sent. */
import type { FieldType } from '@gw/records'
import { type RecordsSubject, STANDARD, type StandardTable } from '@gw/testkit/records'
import { type Db, type Document, Double, Long, MongoClient } from 'mongodb'
import type { Server } from './servers.ts'

const TYPES: Readonly<Partial<Record<FieldType, string>>> = {
  integer: 'int',
  bigint: 'long',
  decimal: 'double',
  double: 'double',
  boolean: 'bool',
  binary: 'binData',
}

/** The field that is a collection's `_id`. */
const keyOf = ({ primaryKey }: StandardTable): string | undefined =>
  primaryKey.length === 1 ? primaryKey[0] : undefined

const validatorOf = (table: StandardTable): Document => {
  const native = (name: string) => (name === keyOf(table) ? '_id' : name)
  return {
    $jsonSchema: {
      bsonType: 'object',
      additionalProperties: false,
      required: table.fields.filter(({ nullable }) => !nullable).map(({ name }) => native(name)),
      properties: Object.fromEntries(
        table.fields.map(({ name, type, nullable, length }) => {
          const bson = TYPES[type] ?? 'string'
          return [
            native(name),
            { bsonType: nullable ? [bson, 'null'] : bson, ...(length !== undefined && { maxLength: length }) },
          ]
        }),
      ),
    },
  }
}
const documentOf = (table: StandardTable, row: Readonly<Record<string, unknown>>): Document =>
  Object.fromEntries(
    table.fields.map(({ name, type }) => {
      const value = row[name] ?? null
      const stored = TYPES[type] === 'double' && value !== null ? new Double(Number(value)) : value
      return [
        name === keyOf(table) ? '_id' : name,
        type === 'bigint' && value !== null ? Long.fromNumber(Number(value)) : stored,
      ]
    }),
  )

const TABLES = STANDARD.filter(({ viewOf }) => !viewOf)

const create = async (db: Db): Promise<void> => {
  for (const table of TABLES) {
    const collection = await db.createCollection(table.name, { validator: validatorOf(table) })
    for (const { name, unique } of table.fields)
      if (unique) await collection.createIndex({ [name]: 1 }, { unique: true, name: `${table.name}_${name}` })
    if (table.primaryKey.length > 1)
      await collection.createIndex(Object.fromEntries(table.primaryKey.map((name) => [name, 1])), {
        unique: true,
        name: `${table.name}_key`,
      })
  }
}
const fill = async (db: Db): Promise<void> => {
  for (const table of TABLES) {
    const collection = db.collection(table.name)
    if (table.rows.length > 0) await collection.insertMany(table.rows.map((row) => documentOf(table, row)))
  }
}

let count = 0
export const prepareOn = (server: Server) => async (): Promise<RecordsSubject> => {
  const { host, port } = server.at!
  const client = new MongoClient(`mongodb://${host}:${port}/?${new URLSearchParams(server.options)}`)
  const database = `standard_${process.pid}_${++count}`
  const db = client.db(database)
  await create(db)
  await fill(db)
  return {
    config: { host, port, database, options: server.options },
    async settle(ask) {
      for (const table of TABLES)
        if (keyOf(table))
          await ask({
            method: 'PATCH',
            path: `_schema/${encodeURIComponent(table.name)}`,
            body: { field: [{ name: '_id', alias: keyOf(table) }] },
          })
    },
    // Documents are listed in the order in which they came only where none has gone before.
    async reset() {
      await db.dropDatabase()
      await create(db)
      await fill(db)
    },
    async close() {
      await db.dropDatabase()
      await client.close()
    },
  }
}
