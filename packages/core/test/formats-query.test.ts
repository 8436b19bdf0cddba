import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GwError } from '../src/errors.ts'
import { parseQuery } from '../src/formats/index.ts'
import { isTrue } from '../src/truth.ts'

const failure = (run: () => unknown): GwError => {
  try {
    run()
  } catch (error) {
    if (GwError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('parseQuery', () => {
  it('decodes names and values, with or without the leading question mark', () => {
    expect({ ...parseQuery('?filter=name%3D%27Ada%27&limit=10') }).toEqual({ filter: "name='Ada'", limit: '10' })
    expect({ ...parseQuery('limit=10') }).toEqual({ limit: '10' })
    expect({ ...parseQuery('') }).toEqual({})
    expect({ ...parseQuery('?') }).toEqual({})
  })

  it('reads a plus as a space and an escaped plus as a plus', () => {
    expect(parseQuery('order=name+desc&q=1%2B1').order).toBe('name desc')
    expect(parseQuery('order=name+desc&q=1%2B1').q).toBe('1+1')
  })

  it('makes an array of a repeated name, in the order sent', () => {
    expect(parseQuery('a=1&b=x&a=2&a=3').a).toEqual(['1', '2', '3'])
  })

  it('keeps what follows the first equals sign, and gives a bare name the empty string', () => {
    expect({ ...parseQuery('filter=a=b&refresh&&x=') }).toEqual({ filter: 'a=b', refresh: '', x: '' })
  })

  it.each(['a=%', 'a=%zz', '%E4=1', 'a=%C3%28', 'a=100%'])(
    'refuses the malformed escape in %s with a 400',
    (search) => {
      expect(failure(() => parseQuery(search))).toMatchObject({ code: 'invalid_request' })
    },
  )

  it('has no prototype, so that names of built-in properties are ordinary names', () => {
    expect(parseQuery('a=1').constructor).toBeUndefined()
    expect(parseQuery('toString=1&hasOwnProperty=2').toString).toBe('1')
  })

  it.each(['__proto__=x', '%5F_proto__=x', '__proto__'])('refuses the name in %s', (search) => {
    expect(failure(() => parseQuery(search)).message).toContain('__proto__')
  })

  it('gives back whatever URLSearchParams encodes', () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed())
    const pairs = fc.array(
      fc.tuple(
        text.filter((name) => name !== '__proto__'),
        text,
      ),
    )
    fc.assert(
      fc.property(pairs, (sent) => {
        const expected = new Map<string, string[]>()
        for (const [name, value] of sent) expected.set(name, [...(expected.get(name) ?? []), value])
        const parsed = parseQuery(`?${new URLSearchParams(sent)}`)
        expect(Object.keys(parsed).sort()).toEqual([...expected.keys()].sort())
        for (const [name, values] of expected) expect(parsed[name]).toEqual(values.length > 1 ? values : values[0])
      }),
    )
  })

  it('throws nothing but a 400, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('%', '&', '=', '+', '4', 'c', 'F', 'é') }), (search) => {
        try {
          parseQuery(search)
        } catch (error) {
          expect(GwError.is(error)).toBe(true)
        }
      }),
    )
  })
})

describe('isTrue', () => {
  it.each(['true', '1', 'yes', 'on', 'y', 't', 'TRUE', 'Yes', 'oN'])('reads %s as true', (word) => {
    expect(isTrue(word)).toBe(true)
  })
  it.each(['false', '0', 'no', 'off', 'n', 'f', '', 'ja', ' true', undefined, ['true']])(
    'reads %s as false',
    (word) => {
      expect(isTrue(word)).toBe(false)
    },
  )
})
