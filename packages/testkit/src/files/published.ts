/** Files that anybody may read, outside the API: those that the configuration names, and nothing else. */
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import type { Check } from '../check.ts'
import { listening } from './connection.ts'
import { type FilesContext, PUBLISHED, put } from './context.ts'
import { hostileNames } from './hostile.ts'

const [FOLDER, FILE] = PUBLISHED
/** Of the hostile names, so many are tried. */
const NAMES = 150
/** In nobody's list. */
const HIDDEN = 'words that nobody may read'

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Over a socket and without a key: sent as it is written. */
const ask = async (context: FilesContext, path: string, { method = 'GET', headers = {} }: Asked = {}) => {
  const { hostname, port } = await listening(context)
  return new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; text: string }>(
    (resolve, reject) => {
      const sending = httpRequest({ hostname, port, method, path, headers, agent: false }, (answer) => {
        let text = ''
        answer
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            text += chunk
          })
          .on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
          .on('error', reject)
      })
      sending.once('error', reject).end()
    },
  )
}

const denied = async (context: FilesContext, path: string): Promise<void> => {
  const { status, headers, text } = await ask(context, path)
  assert.deepEqual([path, status, text], [path, 403, 'Access denied, please contact your system administrator.'])
  assert.match(String(headers['content-type']), /^text\/html/)
}

const given = async (context: FilesContext): Promise<void> => {
  for (const path of [`${FOLDER}/`, `${FOLDER}/in/`, 'single/', 'kept/', `${FOLDER}-not/`])
    if ((await context.call({ path })).status === 404) await context.given({ method: 'POST', path })
  for (const path of [`${FOLDER}/a.txt`, `${FOLDER}/in/b.txt`, FILE, 'in-the-root.txt'])
    await put(context, path, `open ${path}`)
  for (const path of ['kept/a.txt', `${FOLDER}-not/a.txt`, `${FILE}.txt`]) await put(context, path, HIDDEN)
}

export const publishedChecks: readonly Check<FilesContext>[] = [
  {
    name: 'a published file, and one below a published folder, is read without a key, whole and in parts',
    async run(context) {
      await given(context)
      for (const path of [`${FOLDER}/a.txt`, `${FOLDER}/in/b.txt`, FILE, 'in-the-root.txt']) {
        const { status, text } = await ask(context, `/files/${path}`)
        assert.deepEqual([status, text], [200, `open ${path}`])
      }
      const path = `/FILES/${FOLDER}/a.txt`
      const { headers } = await ask(context, path)
      assert.equal(headers['content-type'], 'text/plain')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      const head = await ask(context, path, { method: 'HEAD' })
      assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', headers['content-length']])
      const part = await ask(context, path, { headers: { range: 'bytes=0-3' } })
      assert.deepEqual([part.status, part.text], [206, 'open'])
      const known = await ask(context, path, { headers: { 'if-none-match': String(headers.etag) } })
      assert.equal(known.status, 304)
    },
  },
  {
    name: 'of a published file nothing is asked but its bytes, and bad credentials change nothing',
    async run(context) {
      await given(context)
      const path = `/files/${FOLDER}/a.txt`
      const headers = {
        'x-dreamfactory-api-key': 'no-such-key',
        'x-dreamfactory-session-token': 'none',
        'x-http-method': 'DELETE',
      }
      for (const query of [
        'download=true',
        'include_properties=true&content=true',
        'presigned=upload',
        'method=DELETE',
      ]) {
        const answer = await ask(context, `${path}?${query}`, { headers })
        assert.deepEqual([query, answer.status, answer.text], [query, 200, `open ${FOLDER}/a.txt`])
        assert.doesNotMatch(String(answer.headers['content-disposition']), /attachment/)
      }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
        assert.equal((await ask(context, path, { method })).status, 400, method)
      assert.equal((await context.given({ path: `${FOLDER}/a.txt` })).text, `open ${FOLDER}/a.txt`)
    },
  },
  {
    name: 'what is not published is denied, be it there or not, and the API itself stays closed',
    async run(context) {
      await given(context)
      for (const path of [
        'kept/a.txt',
        'kept/none.txt',
        'kept/',
        `${FOLDER}-not/a.txt`,
        `${FILE}.txt`,
        `x/${FOLDER}/a.txt`,
      ])
        await denied(context, `/files/${path}`)
      await denied(context, `/files/${FOLDER.toUpperCase()}/a.txt`)
      const { status, text } = await ask(context, `/api/v2/files/${FOLDER}/a.txt`)
      assert.ok(status >= 400 && !text.includes('open'), `${status} ${text}`)
    },
  },
  {
    name: 'folders are not listed, and a published file that is not there is not found',
    async run(context) {
      await given(context)
      for (const path of [
        '',
        FOLDER,
        `${FOLDER}/`,
        `${FOLDER}/in/`,
        `${FOLDER}/?zip=true`,
        `${FOLDER}/?full_tree=true`,
        `${FOLDER}/none.txt`,
        'none.txt',
        '?as_access_list=true',
      ]) {
        const { status, text } = await ask(context, `/files/${path}`)
        assert.equal(status, 404, `${path}: ${text}`)
        assert.doesNotMatch(text, /a\.txt|b\.txt/)
      }
    },
  },
  {
    name: 'hostile names lead out of a published folder nowhere',
    async run(context) {
      await given(context)
      const ways = [
        '../kept/a.txt',
        '%2e%2e/kept/a.txt',
        '..%2fkept/a.txt',
        'in/../../kept/a.txt',
        '..%5ckept%5ca.txt',
        '%2e%2e%2fkept%2fa.txt',
        './../kept/a.txt',
        '..;/kept/a.txt',
        '%252e%252e/kept/a.txt',
      ]
      for (const name of [...ways, ...hostileNames(NAMES)]) {
        const path = name.replace(/[^\x21-\x7e]|[#?\\ ]/g, (character) => encodeURIComponent(character))
        const { status, text } = await ask(context, `/files/${FOLDER}/${path}`)
        assert.ok([400, 403, 404].includes(status), `${JSON.stringify(name)}: ${status} ${text}`)
        assert.doesNotMatch(text, /words that nobody may read|the words outside|root:.*:0:0:/)
      }
    },
  },
]
