import { describe, expect, test, vi } from 'vitest'
import { assemble, type FoundTable, isUnchanged } from '../src/assemble.ts'
import type { Cells } from '../src/dialect.ts'
import { ownerKey, packedColumns, packRows, unpackRows } from '../src/packed-columns.ts'

const column = ([name]: Cells) => ({
  name: String(name),
  type: 'string' as const,
  dbType: 'text',
  nullable: true,
  autoIncrement: false,
  generated: false,
})
const tableWith = (text: string, more: Partial<FoundTable> = {}, context: unknown = undefined): FoundTable => ({
  name: 't',
  view: false,
  columns: packedColumns(text, context, column),
  keys: [{ primary: true, columns: ['a'] }],
  references: [],
  ...more,
})
const only = async (found: FoundTable) => (await assemble([found])).tables[0]!

describe('packed columns', () => {
  test('rows come apart by what names their table, also where two tables are mixed', async () => {
    const rows: Cells[] = [
      ['s', 'A', 'x', 1],
      ['s', 'a', 'x', 2],
      ['s', 'A', 'y', null],
      ['t', 'A', 'z', 'ü"\\'],
    ]
    const packed = await packRows([rows.slice(0, 1), rows.slice(1)], 2)
    expect([...packed.keys()]).toEqual([ownerKey('s', 'A'), ownerKey('s', 'a'), ownerKey('t', 'A')])
    expect(unpackRows(packed.get(ownerKey('s', 'A')))).toEqual([
      ['x', 1],
      ['y', null],
    ])
    expect(unpackRows(packed.get(ownerKey('t', 'A')))).toEqual([['z', 'ü"\\']])
    expect(unpackRows(packed.get(ownerKey('nobody')))).toEqual([])
  })

  test('fields are made when they are asked for, and once', async () => {
    const unpack = vi.fn(() => [column(['a'])])
    const table = await only(tableWith('', { columns: { text: '', unpack } }))
    expect(unpack).not.toHaveBeenCalled()
    expect(table.fields).toMatchObject([{ name: 'a', native: 'a', primaryKey: true }])
    expect(table.fields).toBe(table.fields)
    expect(unpack).toHaveBeenCalledTimes(1)
  })

  test('two looks are compared without taking anything apart', async () => {
    const unpack = vi.fn(() => [])
    const table = (text: string) => only(tableWith('', { columns: { text, unpack } }))
    expect(isUnchanged(await table('same'), await table('same'))).toBe(true)
    expect(isUnchanged(await table('same'), await table('other'))).toBe(false)
    expect(unpack).not.toHaveBeenCalled()
  })

  test('what a column depends on, keys, references and the kind of a table count as changes, too', async () => {
    const before = await only(tableWith('[["a"]]'))
    const changed: readonly FoundTable[] = [
      tableWith('[["a"]]', { view: true }),
      tableWith('[["a"]]', { keys: [] }),
      tableWith('[["a"]]', { description: 'new' }),
      tableWith('[["a"]]', { indexes: [{ name: 'i', columns: ['a'] }] }),
      tableWith('[["a"]]', { references: [{ name: 'r', columns: ['a'], table: 'u', references: ['b'] }] }),
      tableWith('[["a"]]', {}, { documents: ['a'] }),
      tableWith('[["a"]]', { columns: [column(['b'])] }),
    ]
    for (const found of changed) expect(isUnchanged(before, await only(found)), JSON.stringify(found)).toBe(false)
    expect(isUnchanged(before, await only(tableWith('[["a"]]')))).toBe(true)
  })
})
