import fc from 'fast-check'
import { XMLValidator } from 'fast-xml-parser'
import { Response as OtherResponse } from 'undici'
import { describe, expect, it } from 'vitest'
import { GwError } from '../src/errors.ts'
import { errorAnswer, parseBody, parseQuery, type RespondOptions, respond, toResponse } from '../src/formats/index.ts'
import { encoded, type Reply, rows } from '../src/reply.ts'

interface Asked extends Partial<Omit<RespondOptions, 'query' | 'headers'>> {
  readonly search?: string
  readonly headers?: Record<string, string>
}

const answer = async (reply: Reply, { search = '', headers = {}, ...rest }: Asked = {}): Promise<Response> =>
  toResponse(await respond(reply, { query: parseQuery(search), headers: new Headers(headers), ...rest }))
const text = async (reply: Reply, asked?: Asked): Promise<string> => (await answer(reply, asked)).text()
const accept = (type: string): Asked => ({ headers: { accept: type } })

const two = [
  { id: 1, name: 'Ada' },
  { id: 2, name: 'Bo' },
]
const each = async function* (items: readonly Record<string, unknown>[]) {
  yield* items
}

describe('a reply in JSON', () => {
  it('passes a Response through untouched, also one of another fetch implementation', async () => {
    const response = new Response('x', { status: 206 })
    expect(await answer(response, { status: 200, head: true })).toBe(response)
    const other = new OtherResponse('x')
    expect(await answer(other)).toBe(other)
  })

  it('wraps arrays and rows, and leaves values bare', async () => {
    expect(await text(two)).toBe('{"resource":[{"id":1,"name":"Ada"},{"id":2,"name":"Bo"}]}')
    expect(await text(rows({ items: two }))).toBe(await text(two))
    expect(await text([])).toBe('{"resource":[]}')
    expect(await text({ id: 1 })).toBe('{"id":1}')
    expect(await text(57)).toBe('57')
    expect(await text('x')).toBe('"x"')
    expect(await text(undefined)).toBe('null')
    expect(await text(null)).toBe('null')
    expect((await answer(two)).headers.get('content-type')).toBe('application/json')
  })

  it('sends bare rows without the wrapper, unless the request asks for it', async () => {
    const bare = rows({ items: two, bare: true })
    expect(await text(bare)).toBe('[{"id":1,"name":"Ada"},{"id":2,"name":"Bo"}]')
    expect(await text(bare, { search: 'wrap=true' })).toBe(await text(two))
    expect(await text(rows({ items: [], bare: true }))).toBe('[]')
  })

  it('sends encoded rows as they are, spaces included', async () => {
    expect(await text(rows({ items: encoded('[ {"id":1} ]') }))).toBe('{"resource":[ {"id":1} ]}')
    expect(await text(rows({ items: encoded('[]'), meta: { count: 0 } }))).toBe('{"resource":[],"meta":{"count":0}}')
    expect(await text(encoded('{ "id":1 }'))).toBe('{ "id":1 }')
  })

  it('puts meta after the rows, whether they are at hand, encoded or streamed', async () => {
    const meta = { count: 57, next: 12 }
    const expected = '{"resource":[{"id":1,"name":"Ada"},{"id":2,"name":"Bo"}],"meta":{"count":57,"next":12}}'
    for (const items of [two, encoded(JSON.stringify(two)), each(two)]) {
      expect(await text(rows({ items, meta }))).toBe(expected)
    }
  })

  it('uses the wrapper that is configured', async () => {
    for (const items of [two, encoded(JSON.stringify(two)), each(two)]) {
      expect(JSON.parse(await text(rows({ items }), { wrapper: 'da"ta' }))).toEqual({ 'da"ta': two })
    }
  })

  it('wraps as the request says, and else as configured', async () => {
    const all = (): Reply[] => [two, rows({ items: encoded(JSON.stringify(two)) }), rows({ items: each(two) })]
    for (const reply of all()) expect(JSON.parse(await text(reply, { search: 'wrap=false' }))).toEqual(two)
    for (const reply of all()) expect(JSON.parse(await text(reply, { headers: { wrap: 'no' } }))).toEqual(two)
    for (const reply of all()) expect(JSON.parse(await text(reply, { alwaysWrap: false }))).toEqual(two)
    for (const reply of all()) {
      expect(JSON.parse(await text(reply, { alwaysWrap: false, search: 'wrap=Yes' }))).toEqual({ resource: two })
    }
    expect(JSON.parse(await text(two, { alwaysWrap: false, headers: { wrap: '1' } }))).toEqual({ resource: two })
  })

  it('keeps the wrapper around what has meta, even where wrapping is off', async () => {
    const reply = rows({ items: two, meta: { count: 2 } })
    for (const asked of [{ alwaysWrap: false }, { search: 'wrap=false' }]) {
      expect(JSON.parse(await text(reply, asked))).toEqual({ resource: two, meta: { count: 2 } })
    }
  })

  it('is an empty, well-formed list where a stream has no rows', async () => {
    expect(await text(rows({ items: each([]) }))).toBe('{"resource":[]}')
    expect(await text(rows({ items: each([]) }), { search: 'wrap=0' })).toBe('[]')
    expect(await text(rows({ items: each([]) }), accept('text/csv'))).toBe('')
    expect(await text(rows({ items: each([]) }), accept('application/x-ndjson'))).toBe('')
    expect(await text(rows({ items: each([]) }), accept('text/xml'))).toBe(
      '<?xml version="1.0" ?>\n<dfapi>\n</dfapi>\n',
    )
  })

  it('has the status and the headers of the reply, and those sent with every answer', async () => {
    const reply = rows({ items: two, headers: { ETag: '"1"', 'Content-Type': 'text/html', 'X-A': 'reply' } })
    const response = await answer(reply, { status: 201, extraHeaders: { 'x-a': 'every', 'x-request-id': 'r1' } })
    expect(response.status).toBe(201)
    expect(Object.fromEntries(response.headers)).toEqual({
      etag: '"1"',
      'content-type': 'application/json',
      'x-a': 'reply',
      'x-request-id': 'r1',
    })
  })

  it('has no body for HEAD, and lets a stream go', async () => {
    expect(await text(two, { head: true })).toBe('')
    let ended = false
    const source = async function* () {
      try {
        yield { id: 1 }
        throw new Error('read on')
      } finally {
        ended = true
      }
    }
    const response = await answer(rows({ items: source() }), { head: true })
    expect(response.body).toBeNull()
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(ended).toBe(true)
  })
})

describe('as_list', () => {
  it('plucks the identifier', async () => {
    for (const items of [two, encoded(JSON.stringify(two)), each(two)]) {
      expect(await text(rows({ items, identifier: ['id'] }), { search: 'as_list=true' })).toBe('{"resource":[1,2]}')
    }
  })
  it('joins several identifying fields', async () => {
    const items = [
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ]
    expect(await text(rows({ items, identifier: ['a', 'b'] }), { search: 'as_list=1' })).toBe(
      '{"resource":["(1,x)","(2,)"]}',
    )
  })
  it('plucks what id_field names where the service named nothing, and the name where nobody did', async () => {
    expect(await text(two, { search: 'as_list=y&id_field=id' })).toBe('{"resource":[1,2]}')
    expect(await text(two, { search: 'as_list=y' })).toBe('{"resource":["Ada","Bo"]}')
  })
  it('leaves out rows without the field, and takes scalars as they are', async () => {
    expect(await text([{ id: 1 }, { name: 'Bo' }, 'x'], { search: 'as_list=true' })).toBe('{"resource":["Bo","x"]}')
  })
  it('is off unless it is true', async () => {
    expect(await text([{ name: 'Bo' }], { search: 'as_list=false' })).toBe('{"resource":[{"name":"Bo"}]}')
  })
})

describe('a list of names', () => {
  const items = [{ name: 'orders', label: 'Orders', access: ['GET'] }]
  const list = (search: string, given: Parameters<typeof rows>[0]['items'] = items): Promise<string> =>
    text(rows({ items: given, identifier: ['name'], listing: true }), { search })

  it('has only the identifier without fields', async () => {
    for (const given of [items, encoded(JSON.stringify(items)), each(items)]) {
      expect(await list('', given)).toBe('{"resource":[{"name":"orders"}]}')
    }
  })
  it('has all properties with fields=*', async () => {
    expect(JSON.parse(await list('fields=*'))).toEqual({ resource: items })
    expect(await list('fields=*', encoded('[ 1 ]'))).toBe('{"resource":[ 1 ]}')
  })
  it('has the intersection with named fields, in any case', async () => {
    expect(await list('fields=Label,%20name,nope')).toBe('{"resource":[{"name":"orders","label":"Orders"}]}')
    expect(await list('fields=label&fields=name')).toBe('{"resource":[{"name":"orders","label":"Orders"}]}')
  })
  it('has the access verbs where they are asked for', async () => {
    expect(await list('include_access=true')).toBe('{"resource":[{"name":"orders","access":["GET"]}]}')
  })
  it('has bare identifiers with as_list, of the field the caller names', async () => {
    expect(await list('as_list=true')).toBe('{"resource":["orders"]}')
    expect(await list('as_list=true&id_field=name,label')).toBe('{"resource":["(orders,Orders)"]}')
  })
  it('does not trim records that are no list of names', async () => {
    expect(JSON.parse(await text(rows({ items: two }), { search: 'fields=id' }))).toEqual({ resource: two })
  })
})

describe('a reply in CSV', () => {
  const csv = (reply: Reply, asked?: Asked): Promise<string> => text(reply, { ...asked, ...accept('text/csv') })

  it('has a header from the first row, CRLF, quotes where needed, and no meta', async () => {
    const items = [
      { id: 1, name: 'a "b"', note: null, tags: ['x', 'y'], on: true },
      { id: 2, other: 1, name: 'c,\nd', note: '' },
    ]
    const expected = 'id,name,note,tags,on\r\n1,"a ""b""",,"[""x"",""y""]",true\r\n2,"c,\nd",,,\r\n'
    for (const given of [items, encoded(JSON.stringify(items)), each(items)]) {
      expect(await csv(rows({ items: given, meta: { count: 2 } }))).toBe(expected)
    }
    expect((await answer(items, accept('text/csv'))).headers.get('content-type')).toBe('text/csv; charset=utf-8')
  })
  it('takes dotted column names as names', async () => {
    expect(await csv([{ 'a.b': 1, a: { b: 2 } }])).toBe('a.b,a\r\n1,"{""b"":2}"\r\n')
  })
  it('has one row for a record, and the rows of a record that is a list', async () => {
    expect(await csv({ id: 1, at: new Date(0) })).toBe('id,at\r\n1,1970-01-01T00:00:00.000Z\r\n')
    expect(await csv(encoded('{"id":1}'))).toBe('id\r\n1\r\n')
    expect(await csv({ resource: two, meta: {} })).toBe('id,name\r\n1,Ada\r\n2,Bo\r\n')
  })
  it('has one column for values', async () => {
    expect(await csv(two, { search: 'as_list=true' })).toBe('resource\r\nAda\r\nBo\r\n')
    expect(await csv(57)).toBe('resource\r\n57\r\n')
  })
})

describe('a reply in NDJSON', () => {
  it('has one row a line and no meta', async () => {
    for (const items of [two, encoded(JSON.stringify(two)), each(two)]) {
      expect(await text(rows({ items, meta: { count: 2 } }), accept('application/x-ndjson'))).toBe(
        '{"id":1,"name":"Ada"}\n{"id":2,"name":"Bo"}\n',
      )
    }
    expect(await text({ id: 1 }, accept('application/x-ndjson'))).toBe('{"id":1}\n')
  })
})

describe('a reply in XML', () => {
  const xml = (reply: Reply, asked?: Asked): Promise<string> => text(reply, { ...asked, ...accept('application/xml') })

  it('has the root dfapi, tabs, and list items that repeat their key', async () => {
    const items = [{ id: 1, tags: ['x', 'y'], nested: { a: null }, none: [], on: false }, { id: 2 }]
    const expected = [
      '<?xml version="1.0" ?>',
      '<dfapi>',
      '\t<resource>',
      '\t\t<id>1</id>',
      '\t\t<tags>x</tags>',
      '\t\t<tags>y</tags>',
      '\t\t<nested>',
      '\t\t\t<a></a>',
      '\t\t</nested>',
      '\t\t<on>false</on>',
      '\t</resource>',
      '\t<resource>',
      '\t\t<id>2</id>',
      '\t</resource>',
      '\t<meta>',
      '\t\t<count>2</count>',
      '\t</meta>',
      '</dfapi>',
      '',
    ].join('\n')
    for (const given of [items, encoded(JSON.stringify(items)), each(items)]) {
      expect(await xml(rows({ items: given, meta: { count: 2 } }))).toBe(expected)
    }
  })
  it('has single values and records under the root', async () => {
    expect(await xml({ id: 1 })).toBe('<?xml version="1.0" ?>\n<dfapi>\n\t<id>1</id>\n</dfapi>\n')
    expect(await xml(57)).toBe('<?xml version="1.0" ?>\n<dfapi>57</dfapi>\n')
    expect(await xml(null)).toBe('<?xml version="1.0" ?>\n<dfapi></dfapi>\n')
    expect(await xml(['a', 'b'])).toContain('\t<resource>a</resource>\n\t<resource>b</resource>\n')
    expect(await xml({ at: new Date(0) })).toContain('<at>1970-01-01T00:00:00.000Z</at>')
  })
  it('escapes text and makes names valid', async () => {
    expect(await xml({ '1a b<c>': 'x < y & "z"\u0000]]>' })).toContain(
      '<_1a_b_c_>x &lt; y &amp; "z"\ufffd]]&gt;</_1a_b_c_>',
    )
    expect(await xml({ '': 1, größe: 2, 'a:b': 3 })).toContain('<_>1</_>\n\t<größe>2</größe>\n\t<a_b>3</a_b>')
  })
  it('is well-formed whatever the keys and values, and gives values back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('prototype', 'constructor', 'toString', 'resource')),
        fc.string({ unit: 'binary', minLength: 1 }),
        async (key, value) => {
          fc.pre(key !== '__proto__')
          const sent = await xml({ [key]: { key: value } })
          expect(XMLValidator.validate(sent)).toBe(true)
          const body = parseBody(Buffer.from(sent), 'text/xml') as Record<string, { key: string }>
          // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold these
          const held = value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
          expect(Object.values(body)[0]?.key).toBe(held)
        },
      ),
    )
  })
})

describe('a reply as a file', () => {
  const disposition = async (search: string, path = '_table/orders'): Promise<string | null> =>
    (await answer(two, { search, path })).headers.get('content-disposition')

  it('has the format of the extension and the name given', async () => {
    const response = await answer(two, { search: 'file=orders.csv' })
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="orders.csv"')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  })
  it('is named by the resource path with file=true', async () => {
    expect(await disposition('file=true')).toBe('attachment; filename="_table_orders.json"')
    expect(await disposition('file=true', '')).toBe('attachment; filename="resource.json"')
  })
  it('is not one with file=false', async () => {
    expect(await disposition('file=false')).toBeNull()
  })
  it('cannot split a header or leave its folder', async () => {
    expect(await disposition(`file=${encodeURIComponent('../a"\r\nset-cookie: x=1\\b.csv')}`)).toBe(
      'attachment; filename=".._a\'set-cookie: x=1_b.csv"',
    )
    expect(await disposition(`file=${encodeURIComponent('größe.csv')}`)).toBe(
      `attachment; filename="gr__e.csv"; filename*=UTF-8''gr%C3%B6%C3%9Fe.csv`,
    )
  })
  it('has the same headers when streamed', async () => {
    const response = await answer(rows({ items: each(two) }), { search: 'file=orders.csv' })
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="orders.csv"')
    expect(await response.text()).toBe('id,name\r\n1,Ada\r\n2,Bo\r\n')
  })
})

describe('a reply that the caller does not accept', () => {
  it('is a 400 in text that carries the content', async () => {
    const response = await answer(rows({ items: two }), { status: 200, ...accept('application/pdf') })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe(
      `Content in response can not be resolved to acceptable content type. Original content: ${JSON.stringify({ resource: two })}`,
    )
  })
  it('does not read a stream to its end', async () => {
    const source = async function* () {
      yield { id: 1 }
      throw new Error('read on')
    }
    const response = await answer(rows({ items: source() }), accept('application/pdf'))
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(/^Content in response can not be resolved/)
  })
})

describe('errorAnswer', () => {
  const respondError = (error: GwError, headers: Record<string, string> = {}, search = ''): Response =>
    toResponse(errorAnswer(error, { query: parseQuery(search), headers: new Headers(headers) }))

  it('is the envelope, in this order of keys', async () => {
    const response = respondError(new GwError('not_found', 'Record not found.'))
    expect(response.status).toBe(404)
    expect(await response.text()).toBe(
      '{"error":{"code":404,"context":null,"message":"Record not found.","status_code":404}}',
    )
  })
  it('has the code, the context and the status of the wire contract', async () => {
    const error = new GwError('conflict', 'Batch Error', {
      details: { not: 'this' },
      wire: { status: 400, code: 1000, context: { error: [0] } },
    })
    const response = respondError(error)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: { code: 1000, context: { error: [0] }, message: 'Batch Error', status_code: 400 },
    })
  })
  it('has the details as context, and never the cause', async () => {
    const error = new GwError('invalid_request', 'No.', { details: { name: ['required'] }, cause: new Error('secret') })
    const body = await respondError(error).text()
    expect(JSON.parse(body).error.context).toEqual({ name: ['required'] })
    expect(body).not.toContain('secret')
  })
  it('leaves the message as it is: plain text, never HTML', async () => {
    const { error } = (await respondError(new GwError('not_found', `Table "x" & <y> isn't`)).json()) as any
    expect(error.message).toBe(`Table "x" & <y> isn't`)
  })
  it('sends the headers of the error', () => {
    const response = respondError(new GwError('rate_limited', 'Wait.', { headers: { 'Retry-After': '3' } }))
    expect(response.headers.get('retry-after')).toBe('3')
    expect(response.headers.get('content-type')).toBe('application/json')
  })
  it('is in the format asked for, and JSON where none can be had', async () => {
    const error = new GwError('not_found', 'No.')
    expect(await respondError(error, { accept: 'text/xml' }).text()).toBe(
      '<?xml version="1.0" ?>\n<dfapi>\n\t<error>\n\t\t<code>404</code>\n\t\t<context></context>\n\t\t<message>No.</message>\n\t\t<status_code>404</status_code>\n\t</error>\n</dfapi>\n',
    )
    expect(await respondError(error, {}, 'accept=text/csv').text()).toBe(
      'code,context,message,status_code\r\n404,,No.,404\r\n',
    )
    expect(respondError(error, { accept: 'application/pdf' }).headers.get('content-type')).toBe('application/json')
    expect(respondError(error, {}, 'file=x.csv').headers.get('content-disposition')).toBeNull()
  })
  it('has no body for HEAD, and needs no query', () => {
    const response = toResponse(errorAnswer(new GwError('not_found', 'No.'), { headers: new Headers(), head: true }))
    expect(response.body).toBeNull()
    expect(response.status).toBe(404)
  })
})
