import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildDocument, docsRoutes, specForm, specResponse, specText } from '../src/openapi/index.ts'
import { database, single } from './openapi-samples.ts'

const document = buildDocument(single(database(['customers']), { expand: true }))

const answer = (...asked: Parameters<typeof specForm>): Response => {
  const form = specForm(...asked)
  return specResponse(specText(document, form), form)
}

describe('a document as an answer', () => {
  it('is pretty-printed JSON that nobody keeps', async () => {
    const response = answer({})
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const text = await response.text()
    expect(text.startsWith('{\n  "openapi": "3.1.1"')).toBe(true)
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)))
  })

  it('is YAML where format, the accept parameter, the header or the file name asks for it', async () => {
    const answers = [
      answer({ format: 'yaml' }),
      answer(new URLSearchParams('format=yml')),
      answer({ accept: 'application/x-yaml' }),
      answer({}, 'application/yaml'),
      answer({ file: 'api.yaml' }),
    ]
    for (const response of answers) {
      expect(response.headers.get('content-type')).toBe('application/x-yaml; charset=utf-8')
      const text = await response.text()
      expect(text).not.toMatch(/[&*]a1\b/)
      expect(parse(text)).toEqual(JSON.parse(JSON.stringify(document)))
    }
    expect(answer({ format: 'json' }, 'application/yaml').headers.get('content-type')).toMatch(/json/)
  })

  it('is 3.0 on request', async () => {
    expect(await answer({ openapi: '3.0' }).json()).toMatchObject({ openapi: '3.0.3' })
    expect(await answer({ openapi: '3.1' }).json()).toMatchObject({ openapi: '3.1.1' })
  })

  it('is refused in a format or version that there is not', () => {
    for (const query of [{ format: 'toml' }, { format: 'constructor' }, { openapi: '2.0' }])
      expect(() => answer(query)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  it('is an attachment whose name cannot break the header', () => {
    const name = (file: string) => answer({ file }).headers.get('content-disposition')
    expect(name('true')).toBe('attachment; filename="openapi.json"')
    expect(name('shop.json')).toBe('attachment; filename="shop.json"')
    expect(name('../../a"b\r\nx: y')).toBe('attachment; filename="_.._a_b_x_y.json"')
    expect(name('false')).toBeNull()
  })
})

describe('the docs page', () => {
  const serve = docsRoutes({ basePath: '/api', title: 'A & <B>' })

  it('allows nothing inline, nothing from elsewhere and no frame', async () => {
    const response = (await serve('/docs/'))!
    const policy = response.headers.get('content-security-policy')!
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
      expect(policy.split('; ')).toContain(rule)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const html = await response.text()
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:|\/\/|\{\{/)
    expect(html).toContain('A &amp; &lt;B&gt;')
    expect(html).toContain('data-api="/api/v2"')
  })

  it('names its files with a version, and each of them is there', async () => {
    const html = await (await serve('/docs/'))!.text()
    const files = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, file]) => file!)
    expect(new Set(files).size).toBe(5)
    for (const file of files) {
      const [path, version] = file.split('?v=')
      const response = (await serve(`/docs/${path}`))!
      expect(response.status).toBe(200)
      expect(response.headers.get('etag')).toContain(version)
      expect(response.headers.get('cache-control')).toContain('max-age')
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100)
    }
  })

  it('answers 304 to a reader who has the file', async () => {
    const etag = (await serve('/docs/assets/docs.js'))!.headers.get('etag')!
    const ask = (known: string) => serve('/docs/assets/docs.js', new Headers({ 'if-none-match': known }))
    expect((await ask(`W/${etag}, "x"`))!.status).toBe(304)
    expect((await ask('"x"'))!.status).toBe(200)
  })

  it('sends a path without the last slash to the page', async () => {
    const response = (await serve('/docs'))!
    expect([response.status, response.headers.get('location')]).toEqual([308, '/docs/'])
  })

  it('knows its own files only, whatever a path looks like', async () => {
    const strangers = [
      '/docs/assets/../docs.js',
      '/docs/assets/..%2f..%2fpackage.json',
      '/docs/assets/index.html',
      '/docs/assets/swagger-ui.js',
      '/docs/assets/constructor',
      '/docs/assets/',
      '/docs/assets',
      '/docs/x',
      '/docsx',
      '/',
    ]
    for (const path of strangers) expect([path, await serve(path)]).toEqual([path, undefined])
  })
})
