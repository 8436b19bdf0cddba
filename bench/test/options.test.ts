import { expect, it } from 'vitest'
import { readOptions } from '../options.ts'

it('measures everything on every database unless it is told otherwise', () => {
  expect(readOptions([])).toMatchObject({
    parts: ['databases'],
    databases: ['postgres', 'mariadb', 'sqlite'],
    connections: [1, 32, 256],
    runs: 5,
    source: false,
    report: true,
    check: false,
  })
  expect(readOptions(['--all']).parts).toEqual(['databases', 'ceiling', 'peers'])
  expect(readOptions(['--peers']).parts).toEqual(['peers'])
})

it('takes workloads and databases by name, in their own order', () => {
  const { workloads, databases } = readOptions(['--only', 'W4,W1', '--database', 'sqlite'])
  expect(workloads.map(({ name }) => name)).toEqual(['W1', 'W4'])
  expect(databases).toEqual(['sqlite'])
})

it('refuses names and numbers that mean nothing', () => {
  expect(() => readOptions(['--only', 'W7'])).toThrow('--only has no W7')
  expect(() => readOptions(['--database', 'oracle'])).toThrow('postgres, mariadb, sqlite')
  expect(() => readOptions(['--runs', '0'])).toThrow('--runs takes whole numbers from 1, not 0.')
  expect(() => readOptions(['--fast'])).toThrow('--fast')
})

it('records as a form of checking', () => {
  expect(readOptions(['--record'])).toMatchObject({ check: true, record: true })
})
