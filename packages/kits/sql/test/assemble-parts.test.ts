import { expect, test } from 'vitest'
import { keysFrom, referencesFrom } from '../src/index.ts'

test('columns are put together to keys, and a key of less than its columns is none', () => {
  const part = (key: string, column: string | null) => ({ key, column, primary: key === 'PRIMARY' })
  expect(
    keysFrom([
      part('PRIMARY', 'b'),
      part('PRIMARY', 'a'),
      part('name', 'name'),
      part('prefix', 'a'),
      part('prefix', null),
    ]),
  ).toEqual([
    { name: 'PRIMARY', primary: true, columns: ['b', 'a'] },
    { name: 'name', primary: false, columns: ['name'] },
  ])
})

test('columns are put together to references, with the rules that are told', () => {
  const rules = { otherSchema: 'shop', otherTable: 't', onUpdate: null, onDelete: 'CASCADE' }
  expect(
    referencesFrom([
      { key: 'pair', column: 'x', otherColumn: 'a', ...rules },
      { key: 'pair', column: 'y', otherColumn: 'b', ...rules },
      { key: 'one', column: 'z', otherColumn: 'c', ...rules, otherSchema: null },
    ]),
  ).toEqual([
    {
      name: 'pair',
      columns: ['x', 'y'],
      schema: 'shop',
      table: 't',
      references: ['a', 'b'],
      onUpdate: undefined,
      onDelete: 'CASCADE',
    },
    { name: 'one', columns: ['z'], table: 't', references: ['c'], onUpdate: undefined, onDelete: 'CASCADE' },
  ])
})
