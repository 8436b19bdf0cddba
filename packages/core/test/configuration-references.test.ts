import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { coerceScalars, interpolate, referencedFiles } from '../src/configuration/index.ts'

const root = mkdtempSync(join(tmpdir(), 'gw-references-'))
writeFileSync(join(root, 'secret'), '  s3cret ${env:A}\n')
afterAll(() => rmSync(root, { recursive: true }))
const resolve = (value: unknown, env: Record<string, string> = {}) => interpolate(value, { env, root })

test('variables are replaced wherever they stand in a text, in objects and arrays', () => {
  expect(resolve({ a: ['${env:A}-${env:B}', 1, null, true] }, { A: 'x', B: 'y' })).toEqual({
    a: ['x-y', 1, null, true],
  })
})

test('a default stands in for a variable that is unset or empty', () => {
  expect(resolve('${env:A:-8080}')).toBe('8080')
  expect(resolve('${env:A:-8080}', { A: '' })).toBe('8080')
  expect(resolve('${env:A:-8080}', { A: '1' })).toBe('1')
  expect(resolve('${env:A:-}')).toBe('')
  expect(resolve('${env:A:-http://x:-1}')).toBe('http://x:-1')
})

test('an empty variable without a default is an empty text', () => {
  expect(resolve('${env:A}', { A: '' })).toBe('')
})

test('what a variable or a file holds is taken literally, also if it looks like a reference', () => {
  expect(resolve('${env:A}', { A: '${env:B}', B: 'leaked' })).toBe('${env:B}')
  expect(resolve('${file:secret}', { A: 'leaked' })).toBe('s3cret ${env:A}')
  expect(resolve('${env:A}', { A: '$& $1 $$' })).toBe('$& $1 $$')
})

test('a doubled dollar writes the reference itself', () => {
  expect(resolve('$${env:A}', { A: 'x' })).toBe('${env:A}')
})

test('a reference that leads nowhere is named, with its path, and no value', () => {
  expect(() => resolve({ db: { 'pass word': 'top-secret ${env:NOPE}' } })).toThrow(
    'db["pass word"]: ${env:NOPE} cannot be resolved: the environment variable NOPE is not set',
  )
  expect(() => resolve(['top-secret ${file:nope}'])).toThrow(
    '[0]: ${file:nope} cannot be resolved: there is no such file',
  )
  expect(() => resolve('top-secret ${file:nope}')).not.toThrow(/top-secret/)
})

test('inherited properties are no variables', () => {
  expect(() => resolve('${env:constructor}', process.env as Record<string, string>)).toThrow('is not set')
})

test('imported service types and instances of classes are left as they are', () => {
  const type = { name: '${env:A}', create: () => 1 }
  const date = new Date()
  expect(resolve({ type, date })).toEqual({ type, date })
  expect((resolve({ type }) as any).type).toBe(type)
})

test('the files that are named are listed once, absolute', () => {
  expect(referencedFiles(['${file:a}', { b: '${file:./a} ${file:/c} $${file:d}' }], '/r')).toEqual(['/r/a', '/c'])
})

const schema = {
  type: 'object',
  properties: {
    port: { type: 'integer' },
    ssl: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    name: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    list: { type: 'array', items: { type: 'number' } },
    pool: { $ref: '#/definitions/pool' },
  },
  additionalProperties: { type: 'number' },
  definitions: { pool: { type: 'object', properties: { max: { type: 'integer' } } } },
}

test('texts become the numbers and booleans that a schema asks for, and texts where it allows texts', () => {
  const value = { port: '3306', ssl: 'true', name: '5', list: ['1.5'], pool: { max: '4' }, other: '7' }
  expect(coerceScalars(value, schema)).toEqual({
    port: 3306,
    ssl: true,
    name: '5',
    list: [1.5],
    pool: { max: 4 },
    other: 7,
  })
})

test('a text that is no number stays for the schema to refuse', () => {
  expect(coerceScalars({ port: '0x10', ssl: 'yes' }, schema)).toEqual({ port: '0x10', ssl: 'yes' })
  expect(coerceScalars({ port: '' }, schema)).toEqual({ port: '' })
})
