/** Stands for your source: tables in memory, by the name of their database. */
import type { Field, RecordsSource, Table } from '@gw/records'
import { memorySource } from '@gw/records/memory'

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  native: name,
  type: 'string',
  dbType: 'string',
  nullable: true,
  autoIncrement: false,
  generated: false,
  primaryKey: false,
  unique: false,
  ...more,
})

const NOTES: Table = {
  name: 'notes',
  native: 'notes',
  view: false,
  primaryKey: ['id'],
  foreignKeys: [],
  fields: [
    field('id', {
      type: 'integer',
      dbType: 'integer',
      nullable: false,
      autoIncrement: true,
      primaryKey: true,
      unique: true,
    }),
    field('text', { nullable: false }),
    field('done', { type: 'boolean', dbType: 'boolean' }),
  ],
}

export const databases = new Map<string, RecordsSource>()

export const databaseOf = (name: string): RecordsSource => {
  const found = databases.get(name) ?? memorySource({ tables: [NOTES] })
  databases.set(name, found)
  return found
}
