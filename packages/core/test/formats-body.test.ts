import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GwError } from '../src/errors.ts'
import { parseBody, respond, toResponse } from '../src/formats/index.ts'

const parse = (text: string | Buffer, type?: string): unknown => parseBody(Buffer.from(text), type)

const failure = (text: string | Buffer, type?: string): GwError => {
  try {
    parse(text, type)
  } catch (error) {
    if (GwError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a JSON body', () => {
  it.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/merge-patch+json'])(
    'is read as %s',
    (type) => {
      expect(parse('{"resource":[{"a":1}]}', type)).toEqual({ resource: [{ a: 1 }] })
    },
  )

  it('is undefined when empty', () => {
    expect(parse('', 'application/json')).toBeUndefined()
    expect(parse('', undefined)).toBeUndefined()
  })

  it('may begin with a byte order mark', () => {
    expect(parse('\ufeff{"a":1}', 'application/json')).toEqual({ a: 1 })
  })

  it.each([
    ['{"a":1,}', 'line 1, column 8'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3'],
    ['{"a": tru}', 'line 1, column 7'],
    ['{"a": "x', 'line 1, column 7'],
    ['[1,2', 'line 1, column 5, where it ends'],
    ['[1,]', 'line 1, column 4'],
    ['[1}', 'line 1, column 3'],
    ['{"a":1} x', 'line 1, column 9'],
    ['{a:1}', 'line 1, column 2'],
    ['{"a" 1}', 'line 1, column 6'],
    ['[01]', 'line 1, column 2'],
    ['"a\\x"', 'line 1, column 1'],
    ['1,2', 'line 1, column 2'],
    ["{'a':1}", 'line 1, column 2'],
  ])('that is malformed (%j) is a 400 that says where', (text, place) => {
    const error = failure(text, 'application/json')
    expect(error.code).toBe('invalid_request')
    expect(error.message).toContain(place)
  })

  it('that is malformed is not quoted back', () => {
    expect(failure('{"password":"hunter2" oops}', 'application/json').message).not.toContain('hunter2')
  })

  it('always has a place for its fault, within the text', () => {
    const noise = fc.array(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', 'null', ' ', '\n', '"', '\\', 'x'),
    )
    fc.assert(
      fc.property(noise, (tokens) => {
        const text = tokens.join('')
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        if (valid || text === '') return
        const { message } = failure(text, 'application/json')
        const [, line, column] = /at line (\d+), column (\d+)/.exec(message) ?? []
        const lines = text.split('\n')
        expect(Number(line)).toBeLessThanOrEqual(lines.length)
        const offset =
          lines.slice(0, Number(line) - 1).join('\n').length + (Number(line) > 1 ? 1 : 0) + Number(column) - 1
        expect(offset).toBeLessThanOrEqual(text.length)
        // Everything before the fault is the beginning of some JSON: it fails only for being unfinished.
        if (offset < text.length) expect(failureOfPrefix(text.slice(0, offset))).not.toContain('Unexpected token')
      }),
      { numRuns: 500 },
    )
  })

  it('nested 100 levels deep is read, 101 levels deep is refused', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(parse(nested(100), 'application/json')).toEqual(JSON.parse(nested(100)))
    expect(failure(nested(101), 'application/json').message).toContain('100 levels')
    expect(failure(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`, 'application/json').code).toBe(
      'invalid_request',
    )
  })

  it.each([
    '{"__proto__":{"admin":true}}',
    '{"\\u005f_proto__":{}}',
    '[{"a":{"__proto__":1}}]',
    '{"constructor":{"prototype":{}}}',
  ])('that reaches for a prototype (%s) is refused, short or long', (text) => {
    expect(failure(text, 'application/json').code).toBe('invalid_request')
    expect(failure(`[${text},"${'x'.repeat(500)}"]`, 'application/json').code).toBe('invalid_request')
  })

  it('may have a field called constructor or prototype, as a table may', () => {
    expect(parse('{"constructor":"x","prototype":1}', 'application/json')).toEqual({ constructor: 'x', prototype: 1 })
  })

  it('that is not UTF-8 is refused, not repaired', () => {
    expect(failure(Buffer.from([0x22, 0xe4, 0x22]), 'application/json').message).toContain('UTF-8')
    expect(parse(Buffer.from([0x22, 0xe4, 0x22]), 'application/json; charset=iso-8859-1')).toBe('ä')
    expect(failure('1', 'application/json; charset=klingon').message).toContain('charset')
  })
})

/** V8's own message for a text that is cut off. */
const failureOfPrefix = (text: string): string => {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('a form body', () => {
  it('is an object of strings, with arrays where names repeat', () => {
    expect(parse('name=Ada+L&ids=1&ids=2&tags[]=x', 'application/x-www-form-urlencoded')).toEqual({
      name: 'Ada L',
      ids: ['1', '2'],
      tags: ['x'],
    })
  })

  it('that is multipart is read with its files', async () => {
    const form = new FormData()
    form.append('name', 'Ada "x" é\r\nnext')
    form.append('ids', '1')
    form.append('ids', '2')
    form.append('file', new File(['a,b'], 'rows.csv', { type: 'text/csv' }))
    const sent = new Response(form)
    const type = sent.headers.get('content-type') as string
    const body = (await parse(Buffer.from(await sent.arrayBuffer()), type)) as Record<string, unknown>
    expect(body).toMatchObject({ name: 'Ada "x" é\r\nnext', ids: ['1', '2'] })
    expect(await (body.file as File).text()).toBe('a,b')
    expect((body.file as File).name).toBe('rows.csv')
  })

  it('that is multipart and broken is a 400', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
      await expect(parse('--y\r\nnonsense', type)).rejects.toMatchObject({ code: 'invalid_request' })
    }
  })

  it('cannot have a field called __proto__', async () => {
    expect(failure('__proto__[]=x', 'application/x-www-form-urlencoded').code).toBe('invalid_request')
    const part = '--x\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--\r\n'
    await expect(parse(part, 'multipart/form-data; boundary=x')).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('an XML body', () => {
  const xml = (text: string): unknown => parse(text, 'application/xml')

  it('loses its root, whatever it is called, unless it is resource', () => {
    expect(xml('<?xml version="1.0"?><dfapi><resource><id>1</id></resource></dfapi>')).toEqual({
      resource: { id: '1' },
    })
    expect(xml('<record><id>1</id></record>')).toEqual({ id: '1' })
    expect(xml('<resource><id>1</id></resource>')).toEqual({ resource: { id: '1' } })
  })

  it('has arrays for repeated siblings, null for empty elements, strings otherwise', () => {
    expect(
      xml('<r>\n\t<resource><id>01</id><on>true</on></resource>\n\t<resource><id/><a></a></resource>\n</r>'),
    ).toEqual({
      resource: [
        { id: '01', on: 'true' },
        { id: null, a: null },
      ],
    })
    expect(xml('<r><a>1</a><a>2</a><a>3</a></r>')).toEqual({ a: ['1', '2', '3'] })
    expect(xml('<r/>')).toBeNull()
  })

  it('keeps spaces, entities of XML and CDATA as text', () => {
    expect(xml('<r><a> x &lt;b&gt; &amp;amp; &#233;&#x1F600; </a><c><![CDATA[<!DOCTYPE html> & ]]></c></r>')).toEqual({
      a: ' x <b> &amp; é😀 ',
      c: '<!DOCTYPE html> & ',
    })
  })

  it('ignores attributes, comments and processing instructions', () => {
    expect(xml('<r a="1"><!-- <!DOCTYPE x> --><?php echo 1 ?><id type="int">1</id></r>')).toEqual({ id: '1' })
  })

  it.each([
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><r/>',
    '<!doctype r><r/>',
    '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>',
    '<?x <!-- ?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><!-- --><r>&x;</r>',
    '<r>&unknown;</r>',
    '<r>&nbsp;</r>',
    '<r a="&unknown;">&#0;</r>',
    '<r>&#x110000;</r>',
  ])('with declarations or entities of its own (%s) is refused', (text) => {
    expect(failure(text, 'text/xml')).toMatchObject({ code: 'invalid_request' })
  })

  it.each(['<r><a></r>', '<r>', 'nonsense', '<a/><b/>', '<r>text<a>1</a></r>', '<__proto__><a>1</a></__proto__><x/>'])(
    'that is malformed (%s) is a 400',
    (text) => {
      expect(failure(text, 'application/xml')).toMatchObject({ code: 'invalid_request' })
    },
  )

  it('cannot reach a prototype or a stack', () => {
    expect(failure('<r><__proto__><admin>1</admin></__proto__></r>', 'application/xml').code).toBe('invalid_request')
    expect(failure('<a>'.repeat(50_000) + '</a>'.repeat(50_000), 'application/xml').message).toContain('100 levels')
    expect(
      xml('<r><toString>1</toString><hasOwnProperty/><prototype>2</prototype><constructor>3</constructor></r>'),
    ).toEqual({
      toString: '1',
      hasOwnProperty: null,
      prototype: '2',
      constructor: '3',
    })
  })
})

describe('a hostile body', () => {
  // Each of these takes minutes where reading it is quadratic; the runner's own time limit is what fails then.
  it.each([
    ['text/xml', '<!--'],
    ['text/xml', '<r><!--'],
    ['text/xml', '<r><![CDATA['],
    ['text/xml', '<a '],
    ['text/xml', '<r>&#1'],
    ['text/xml', '<?'],
    ['application/json', '["a\\n",'],
    ['application/json', '[\n'],
    ['application/json', ' '],
  ])('as %s, 400,000 times %j, is refused soon', (type, piece) => {
    expect(failure(piece.repeat(400_000), type).code).toBe('invalid_request')
  })
  it('as a form of 400,000 bare names is read soon', () => {
    expect(Object.keys(parse('a&'.repeat(400_000), 'application/x-www-form-urlencoded') as object)).toEqual(['a'])
  })
})

describe('a CSV body', () => {
  it('is a list of records under resource, values as strings', () => {
    expect(parse('id,name\r\n1,Ada\r\n2,"a ""b"", c\nd"\r\n', 'text/csv; charset=utf-8')).toEqual({
      resource: [
        { id: '1', name: 'Ada' },
        { id: '2', name: 'a "b", c\nd' },
      ],
    })
  })

  it('skips empty lines and columns without a name', () => {
    expect(parse('\ufeffid,name,\n1,Ada,\n\n2,Bo,\n', 'text/csv')).toEqual({
      resource: [
        { id: '1', name: 'Ada' },
        { id: '2', name: 'Bo' },
      ],
    })
  })

  it.each([
    ['a,b\n1,2\n1\n', 'line 3'],
    ['a,b\n"1,2\n', 'quote'],
    ['a,a\n1,2\n', "'a' twice"],
    ['__proto__,b\n1,2\n', '__proto__'],
  ])('that is malformed (%j) is a 400 that says why', (text, why) => {
    const error = failure(text, 'text/csv')
    expect(error.code).toBe('invalid_request')
    expect(error.message).toContain(why)
  })

  it('gives back what was written as CSV', async () => {
    const name = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && !key.startsWith('\ufeff'))
    const table = fc.uniqueArray(name, { minLength: 1, maxLength: 5 }).chain((keys) =>
      fc
        .array(fc.array(fc.string({ unit: 'binary' }), { minLength: keys.length, maxLength: keys.length }), {
          minLength: 1,
        })
        .map((cells) => cells.map((row) => keys.map((key, at) => [key, (row[at] as string).toWellFormed()] as const))),
    )
    await fc.assert(
      fc.asyncProperty(table, async (cells) => {
        const rows = cells.map((row) => Object.fromEntries(row))
        const response = toResponse(await respond(rows, { query: {}, headers: new Headers({ accept: 'text/csv' }) }))
        const body = parse(Buffer.from(await response.arrayBuffer()), 'text/csv') as { resource: object[] }
        expect(body.resource.map((row) => Object.entries(row).sort())).toEqual(
          rows.map((row) => Object.entries(row).sort()),
        )
      }),
    )
  })
})

describe('an NDJSON body', () => {
  it.each(['application/x-ndjson', 'application/jsonl'])('is a list under resource as %s', (type) => {
    expect(parse('{"a":1}\n\r\n{"a":2}\r\n', type)).toEqual({ resource: [{ a: 1 }, { a: 2 }] })
  })
  it('names the line that is malformed', () => {
    expect(failure('{"a":1}\n\n{"a":}\n', 'application/x-ndjson').message).toContain('line 3, column 6')
  })
})

describe('other bodies', () => {
  it('text is taken as it is', () => {
    expect(parse(' {"a":1}\n', 'text/plain; charset=utf-8')).toBe(' {"a":1}\n')
  })
  it('an unknown type is refused', () => {
    expect(failure('x', 'application/pdf')).toMatchObject({
      code: 'invalid_request',
      message: 'Unrecognized payload type',
    })
  })
  it.each([
    ['{"a":1}', { a: 1 }],
    [' [1]', [1]],
    ['42', 42],
    ['<r><a>1</a></r>', { a: '1' }],
    ['a,b\n1,2', { resource: [{ a: '1', b: '2' }] }],
  ])('without a type %j is recognised', (text, value) => {
    expect(parse(text)).toEqual(value)
  })
  it.each(['hello', 'a,b\n1\n'])('without a type %j is not recognised', (text) => {
    expect(failure(text).message).toBe('Unrecognized payload type')
  })
  it('without a type, what begins as JSON is told where its JSON breaks', () => {
    expect(failure('{"a":1,}').message).toContain('column 8')
  })
})
