import { fork } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { State } from '../src/contract.ts'
import { createFileState, createMemoryState } from '../src/state/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gw-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const KINDS: readonly (readonly [name: string, create: () => (service: string) => State])[] = [
  ['files', () => createFileState(join(folder, 'state'))],
  ['memory', () => createMemoryState()],
]

describe.each(KINDS)('state in %s', (_, create) => {
  it('has nothing at first', async () => {
    const state = create()('db')
    expect(await state.get('aliases')).toBeUndefined()
    expect(await state.list()).toEqual([])
    expect(await state.delete('aliases')).toBe(false)
  })

  it('counts a document from version 1 and gives back what was put', async () => {
    const state = create()('db')
    expect(await state.put('aliases', { customers: 'tbl_cust' })).toBe(1)
    expect(await state.put('aliases', [1, 'zwei', null, { drei: true }])).toBe(2)
    expect(await state.get('aliases')).toEqual({ value: [1, 'zwei', null, { drei: true }], version: 2 })
    expect(await state.put('other', null)).toBe(1)
    expect(await state.get('other')).toEqual({ value: null, version: 1 })
  })

  it('refuses a change to another version than the one given', async () => {
    const state = create()('db')
    await state.put('doc', 'a', { ifVersion: 0 })
    await expect(state.put('doc', 'b', { ifVersion: 0 })).rejects.toMatchObject({ code: 'conflict' })
    expect(await state.put('doc', 'b', { ifVersion: 1 })).toBe(2)
    await expect(state.put('doc', 'c', { ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(state.delete('doc', { ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(state.delete('missing', { ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' })
    expect(await state.get('doc')).toEqual({ value: 'b', version: 2 })
    expect(await state.delete('doc', { ifVersion: 2 })).toBe(true)
    expect(await state.get('doc')).toBeUndefined()
  })

  it('never repeats a version of a key that was deleted', async () => {
    const state = create()('db')
    await state.put('doc', 'a')
    await state.delete('doc')
    const version = await state.put('doc', 'b', { ifVersion: 0 })
    expect(version).toBeGreaterThan(1)
    await expect(state.put('doc', 'c', { ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('lets one of many writers at the same version win', async () => {
    const state = create()('db')
    await state.put('doc', 0)
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => state.put('doc', i, { ifVersion: 1 })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await state.get('doc'))?.version).toBe(2)
  })

  it('loses none of many writes at once, also through two handles', async () => {
    const open = create()
    const handles = [open('db'), open('db')]
    await Promise.all(Array.from({ length: 20 }, (_, i) => handles[i % 2]!.put(`key${i}`, i)))
    expect(await open('db').list()).toHaveLength(20)
  })

  it('keeps services apart', async () => {
    const open = create()
    await open('a').put('doc', 1)
    expect(await open('b').get('doc')).toBeUndefined()
    expect(await open('b').list()).toEqual([])
  })

  it('lists keys by prefix, sorted', async () => {
    const state = create()('db')
    for (const key of ['b', 'a/2', 'a/1', 'ab']) await state.put(key, true)
    expect(await state.list('a/')).toEqual(['a/1', 'a/2'])
    expect(await state.list()).toEqual(['a/1', 'a/2', 'ab', 'b'])
  })

  it('shares no object with its callers', async () => {
    const state = create()('db')
    const value = { list: [1] }
    await state.put('doc', value)
    value.list.push(2)
    const first = await state.get<{ list: number[] }>('doc')
    first!.value.list.push(3)
    expect((await state.get('doc'))?.value).toEqual({ list: [1] })
  })

  it('refuses what has no JSON', async () => {
    const state = create()('db')
    await expect(state.put('doc', undefined)).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(state.put('doc', () => 1)).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await state.list()).toEqual([])
  })

  it.each([
    '../../escape',
    '..',
    '.',
    '',
    '/etc/passwd',
    'a/b\\c',
    'con',
    'Grün ✓',
    'a\0b',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    '%2e%2e%2f',
    '\ud800',
    'a\nb',
  ])('takes %j as the name of a service and of a key', async (name) => {
    const open = create()
    expect(await open(name).get(name)).toBeUndefined()
    expect(await open(name).put(name, { name })).toBe(1)
    expect(await open(name).get(name)).toEqual({ value: { name }, version: 1 })
    expect(await open(name).list()).toEqual([name])
    expect(readdirSync(folder).filter((entry) => entry !== 'state')).toEqual([])
  })
})

describe('state in files', () => {
  const directory = () => join(folder, 'deep', 'state')

  it('makes its folder at the first put, for its owner only', async () => {
    const open = createFileState(directory())
    await open('db').get('doc')
    await open('db').list()
    await open('db').delete('doc')
    expect(existsSync(join(folder, 'deep'))).toBe(false)
    await open('db').put('doc', 1)
    expect(statSync(directory()).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory(), 'db.json')).mode & 0o777).toBe(0o600)
  })

  it('is there again after a restart', async () => {
    await createFileState(directory())('db').put('doc', { a: 1 })
    expect(await createFileState(directory())('db').get('doc')).toEqual({ value: { a: 1 }, version: 1 })
  })

  it('loses no write when two instances work on one folder, as after a reload', async () => {
    const instances = [createFileState(directory()), createFileState(directory())]
    await Promise.all(Array.from({ length: 20 }, (_, i) => instances[i % 2]!('db').put(`key${i}`, i)))
    expect(await instances[0]!('db').list()).toHaveLength(20)
  })

  it('gives names that differ files that differ, also where case is ignored, and none outside its folder', () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 }), async (names) => {
        const own = mkdtempSync(join(folder, 'names-'))
        const open = createFileState(join(own, 'state'))
        for (const name of names) await open(name).put('doc', name)
        for (const name of names) expect((await open(name).get('doc'))?.value).toBe(name)
        const files = readdirSync(join(own, 'state'))
        expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(names.length)
        expect(readdirSync(own)).toEqual(['state'])
      }),
      { numRuns: 25 },
    ))

  it('leaves no draft behind', async () => {
    const state = createFileState(directory())('db')
    for (let i = 0; i < 5; i++) await state.put('doc', i)
    expect(readdirSync(directory())).toEqual(['db.json'])
  })

  it('shows a whole document to whoever reads while it is written', async () => {
    const open = createFileState(directory())
    await open('db').put('doc', 'x'.repeat(1_000_000))
    let writing = true
    const writer = (async () => {
      for (let i = 0; i < 10; i++) await open('db').put('doc', String(i).repeat(1_000_000))
      writing = false
    })()
    let reads = 0
    for (; writing; reads++) expect((await open('db').get<string>('doc'))?.value).toHaveLength(1_000_000)
    await writer
    expect(reads).toBeGreaterThan(0)
  })

  it('reads a whole document after the writing process was killed in the middle of a write', async () => {
    const script = join(folder, 'writer.mjs')
    const module = new URL('../src/state/index.ts', import.meta.url).href
    writeFileSync(
      script,
      `import { createFileState } from ${JSON.stringify(module)}
       const state = createFileState(process.argv[2])('db')
       const text = 'x'.repeat(5_000_000)
       for (let i = 1; ; i++) { await state.put('doc', { i, text }); process.send(i) }`,
    )
    /** Whether a file in the folder, draft or not, is only partly there. */
    const inTheMiddle = () => {
      try {
        return readdirSync(directory()).some((name) => statSync(join(directory(), name)).size < 5_000_000)
      } catch {
        return true
      }
    }
    for (let round = 0; round < 3; round++) {
      rmSync(directory(), { recursive: true, force: true })
      const writer = fork(script, [directory()], { stdio: 'ignore' })
      const confirmed = new Promise<number>((resolve, reject) => {
        let last = 0
        writer.on('message', (i) => {
          last = i as number
          if (last > 1) return
          let looks = 0
          while (!inTheMiddle() && looks < 1_000_000) looks += 1
          writer.kill('SIGKILL')
          if (looks === 1_000_000) reject(new Error('no write was seen'))
        })
        writer.once('exit', () => (last > 0 ? resolve(last) : reject(new Error('the writer ended by itself'))))
        writer.once('error', reject)
      })
      const least = await confirmed
      const state = createFileState(directory())('db')
      const found = await state.get<{ i: number; text: string }>('doc')
      expect(found?.value.text).toHaveLength(5_000_000)
      expect(found?.value.i).toBeGreaterThanOrEqual(least)
      await state.put('doc', 'after')
      expect((await state.get('doc'))?.value).toBe('after')
    }
  })

  it.each([
    '',
    '{"service":"db","ret',
    'null',
    '[]',
    '{"service":"other","retired":0,"documents":[]}',
    '{"service":"db","retired":0,"documents":[{"key":"doc","version":1}]}',
  ])('neither reads nor overwrites a file that holds %j', async (text) => {
    const state = createFileState(directory())('db')
    await state.put('doc', 1)
    writeFileSync(join(directory(), 'db.json'), text)
    await expect(state.get('doc')).rejects.toMatchObject({ code: 'internal' })
    await expect(state.list()).rejects.toMatchObject({ code: 'internal' })
    await expect(state.put('doc', 2)).rejects.toMatchObject({ code: 'internal' })
    expect(readFileSync(join(directory(), 'db.json'), 'utf8')).toBe(text)
  })

  it('does not follow a link out of its folder', async () => {
    const outside = join(folder, 'outside.json')
    writeFileSync(outside, '{"service":"db","retired":0,"documents":[{"key":"doc","version":1,"value":"stolen"}]}')
    const open = createFileState(directory())
    await open('first').put('doc', 1)
    symlinkSync(outside, join(directory(), 'db.json'))
    await expect(open('db').get('doc')).rejects.toMatchObject({ code: 'internal' })
    await expect(open('db').put('doc', 'overwritten')).rejects.toMatchObject({ code: 'internal' })
    expect(readFileSync(outside, 'utf8')).toContain('stolen')
  })
})
