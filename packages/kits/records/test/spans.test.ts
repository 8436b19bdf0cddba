import { expect, test } from 'vitest'
import type { RecordsSource } from '../src/source.ts'
import { tracedSource } from '../src/spans.ts'

const plan = (kind: string): any => ({ kind, table: { name: 'items' } })
const options: any = {}

const traced = (source: object) => {
  const begun: [string, object][] = []
  const ended: boolean[] = []
  const begin = (name: string, attributes: object) => {
    begun.push([name, attributes])
    return (failed: boolean) => void ended.push(failed)
  }
  return { begun, ended, source: tracedSource(source as RecordsSource, begin, 'pgsql') }
}

test('A statement is a span with its operation, table and system, and with no text or value of it', () => {
  const { source, begun, ended } = traced({ read: () => [{ id: 1 }] })
  expect(source.read(plan('read'), ['secret'], options)).toEqual([{ id: 1 }])
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.collection.name': 'items' }
  expect(begun).toEqual([['SELECT items', attributes]])
  expect(ended).toEqual([false])
})

test('A span ends when the answer is there, and says where there is none', async () => {
  let fail = (_: Error) => {}
  const { source, ended } = traced({
    insert: () => new Promise((_, reject) => (fail = reject)),
    delete() {
      throw new Error('at once')
    },
  })
  const inserting = source.insert(plan('insert'), [], options)
  expect(ended).toEqual([])
  fail(new Error('later'))
  await expect(inserting).rejects.toThrow('later')
  expect(() => source.delete(plan('delete'), [], options)).toThrow('at once')
  expect(ended).toEqual([true, true])
})

test('The span of a stream lasts until its reader has all of it, or leaves', async () => {
  const { source, ended } = traced({
    async *stream() {
      yield [{ id: 1 }]
      yield [{ id: 2 }]
    },
  })
  for await (const _ of source.stream!(plan('read'), [], options)) expect(ended).toEqual([])
  expect(ended).toEqual([false])
})

test('A source may have words of its own for what it is asked', () => {
  const names: string[] = []
  const operations = { read: 'find', count: 'count', group: 'aggregate', insert: 'insert', update: 'update' }
  const source = tracedSource(
    { count: () => 1 } as unknown as RecordsSource,
    (name, attributes) => {
      names.push(name, attributes['db.system.name']!, attributes['db.operation.name']!)
      return () => undefined
    },
    'mongodb',
    { ...operations, delete: 'delete', truncate: 'delete' },
  )
  source.count(plan('count'), [], options)
  expect(names).toEqual(['count items', 'mongodb', 'count'])
})
