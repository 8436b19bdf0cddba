import { describe, expect, test } from 'vitest'
import {
  canonicalComponent,
  checkedFile,
  checkedHead,
  checkedPath,
  checkedRef,
  checkedRepository,
} from '../src/names.ts'
import { decodedContent, encodedContent } from '../src/text.ts'

const refused = (work: () => unknown): boolean => {
  try {
    work()
    return false
  } catch {
    return true
  }
}

describe('names', () => {
  test('of repositories are what hosts take, and none that means another', () => {
    for (const name of ['a', 'A-b_c.d', '.github', 'x'.repeat(100)]) expect(checkedRepository(name)).toBe(name)
    for (const name of ['', '.', '..', 'a/b', 'a b', 'a.git', 'A.GIT', 'ä', 'a?b', 'a#', 'a%2fb', 'x'.repeat(101)])
      expect(
        refused(() => checkedRepository(name)),
        name,
      ).toBe(true)
  })

  test('of paths have parts that are names', () => {
    expect([checkedPath(''), checkedPath('/'), checkedPath('/a/b/')]).toEqual(['', '', 'a/b'])
    for (const path of ['a b/ü', '.a', 'a..b', '...']) expect(checkedPath(path)).toBe(path)
    for (const path of [
      '.',
      '..',
      'a/..',
      '../a',
      'a//b',
      'a/./b',
      'a\\b',
      'a\0b',
      'a\nb',
      '\ud800',
      `${'x/'.repeat(3_000)}x`,
    ])
      expect(
        refused(() => checkedPath(path)),
        JSON.stringify(path),
      ).toBe(true)
    for (const path of ['', '/', 'a/', '..'])
      expect(
        refused(() => checkedFile(path)),
        path,
      ).toBe(true)
  })

  test('of what a pull request would merge are a branch, or owner:branch', () => {
    expect(checkedHead('a/b')).toEqual({ owner: undefined, branch: 'a/b' })
    expect(checkedHead('Ann-1:a/b')).toEqual({ owner: 'Ann-1', branch: 'a/b' })
    for (const head of ['', ':a', 'ann:', 'ann:a:b', '../x:a', 'ann/x:a', '-ann:a', 'ann :a', 'ann:a..b'])
      expect(
        refused(() => checkedHead(head)),
        head,
      ).toBe(true)
  })

  test('of refs are what git takes (git-check-ref-format)', () => {
    expect([checkedRef(undefined), checkedRef('')]).toEqual([undefined, undefined])
    for (const ref of ['main', 'feature/a-b', 'v1.0', 'a'.repeat(40), 'ü', 'a@b', '#1'])
      expect(checkedRef(ref)).toBe(ref)
    // biome-ignore format: reads as a table
    const wrong = ['.a', 'a/.b', 'a..b', 'a.', 'a/', '/a', 'a//b', 'a.lock', 'a b', 'a~1', 'a^', 'a:b', 'a?b', 'a*', 'a[b', 'a\\b', 'a@{1}', '@', '-a', 'a\x7fb', 'a\nb']
    for (const ref of wrong)
      expect(
        refused(() => checkedRef(ref)),
        JSON.stringify(ref),
      ).toBe(true)
  })

  test('of components have one spelling', () => {
    expect(canonicalComponent('_repo//Scripts/A//B')).toBe('_repo/scripts/A/B')
    expect(canonicalComponent('_file/X/u\u0308')).toBe('_file/x/ü')
    for (const odd of ['', '/', '_repo', '_repo/', 'X/Y']) expect(canonicalComponent(odd)).toBe(odd)
  })
})

describe('content', () => {
  test('is text where it is, and goes back to the bytes that it was', () => {
    for (const bytes of [
      Buffer.from(''),
      Buffer.from('\ufeffä\r\n\0'),
      Buffer.from([0xff, 0xfe, 0]),
      Buffer.from([0xc3]),
    ]) {
      const { content, encoding } = encodedContent(bytes, undefined)
      expect(Buffer.from(decodedContent(content, encoding)).equals(bytes), encoding).toBe(true)
      const packed = encodedContent(bytes, 'base64')
      expect(Buffer.from(decodedContent(packed.content, packed.encoding)).equals(bytes)).toBe(true)
    }
    expect(refused(() => encodedContent(Buffer.from([0xff]), 'utf-8'))).toBe(true)
  })

  test('is refused where it is not of its encoding, and lines of base64 are taken', () => {
    expect(Buffer.from(decodedContent('aGk\nK\r\n', 'base64')).toString()).toBe('hi\n')
    for (const wrong of ['aGk', 'a===', 'a_k=', 'a Gk', '=', 'aGk=aGk='])
      expect(
        refused(() => decodedContent(wrong, 'base64')),
        wrong,
      ).toBe(true)
    expect(refused(() => decodedContent('\ud800', 'utf-8'))).toBe(true)
  })
})
