/** Single records, written through the rules. */
import { fieldOf, type RecordsSource, type RunOptions, type Table } from '@gw/records'
import type { Values } from '../rules/rules.ts'

const columnsOf = (table: Table, values: Values) => {
  const names = Object.keys(values)
  return {
    fields: names.map((name) => fieldOf(table, name)!),
    encoded: names.map((name) => {
      const value = values[name]
      if (fieldOf(table, name)!.type !== 'json' || value === null || value === undefined) return value
      return JSON.stringify(value)
    }),
  }
}

export interface Writer {
  /** @returns the number of the record, where its table has numbers */
  insert(table: string, values: Values): Promise<number | undefined>
  /** @param row the record as it is stored */
  update(table: string, row: Values, set: Values): Promise<void>
  delete(table: string, row: Values): Promise<void>
}

export const writerOf = (source: RecordsSource, options: RunOptions): Writer => {
  const tableNamed = (name: string): Table => source.catalog().byName.get(name)!
  const keyOf = (table: Table, from: number) => ({
    kind: 'and' as const,
    items: table.primaryKey.map((name, at) => ({
      kind: 'compare' as const,
      field: fieldOf(table, name)!,
      op: '=' as const,
      value: { kind: 'slot' as const, slot: from + at },
    })),
  })
  const keyValues = (table: Table, row: Values) => table.primaryKey.map((name) => row[name])
  return {
    async insert(name, values) {
      const table = tableNamed(name)
      const { fields, encoded } = columnsOf(table, values)
      const returning = table.primaryKey.map((key) => fieldOf(table, key)!)
      const [row] = await source.insert({ kind: 'insert', table, columns: fields, returning }, [encoded], options)
      return typeof row?.id === 'number' ? row.id : undefined
    },
    async update(name, row, values) {
      const table = tableNamed(name)
      const { fields, encoded } = columnsOf(table, values)
      const set = fields.map((field, slot) => ({ field, slot }))
      await source.update(
        { kind: 'update', table, set, where: keyOf(table, fields.length), returning: [] },
        [...encoded, ...keyValues(table, row)],
        options,
      )
    },
    async delete(name, row) {
      const table = tableNamed(name)
      await source.delete(
        { kind: 'delete', table, where: keyOf(table, 0), returning: [] },
        keyValues(table, row),
        options,
      )
    },
  }
}
