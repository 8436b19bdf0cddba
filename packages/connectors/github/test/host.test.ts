/** What is GitHub's own: who signs in, which list is asked, what lies beyond its contents API, and how it fails. */
import { generateKeyPairSync } from 'node:crypto'
import type { Host } from '@gw/core'
import { recordedHost } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import { githubConfig } from '../src/config.ts'
import github from '../src/index.ts'
import { type Answered, type Seen, THEIR_TOKEN, TOKEN } from './emulator.ts'
import { opened } from './gateway.ts'

const json = (status: number, body: unknown): Answered => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const namesIn = (body: { resource: readonly { name: string }[] }) => body.resource.map(({ name }) => name).toSorted()
const pathsOf = (seen: readonly Seen[]) => seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`)

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

/** What the emulator lets an installation do. */
const PERMISSIONS = { contents: 'write', issues: 'write', pull_requests: 'write', metadata: 'read' }

describe('signing in', () => {
  test('a token needs no user name, and is sent to the host alone', async () => {
    const { ask, host, log } = await opened({ token: 'ghp_a-token-for-tests' })
    expect((await ask({ path: '_repository/notes' })).body.private).toBe(true)
    expect(host.seen[0]!.headers.authorization).toBe('token ghp_a-token-for-tests')
    expect(JSON.stringify(log.lines)).not.toContain('ghp_a')
  })

  test('a token that is not valid is told without its value, with the host’s status', async () => {
    const { ask, host, log } = await opened({ token: 'ghp_of-nobody' })
    host.intercept = () => json(401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' })
    const { status, body } = await ask({ path: '_repo/scripts' })
    expect(status).toBe(401)
    expect(body.error.message).toMatch(/^Bad credentials\. .*administrator/)
    expect(JSON.stringify(log.lines)).not.toContain('ghp_of')
  })

  const app = { app_id: 4711, slug: 'gw-app', name: 'Gateway', private_key: privateKey, permissions: PERMISSIONS }
  const seed = {
    apps: [
      {
        ...app,
        installations: [{ installation_id: 99, account: 'octo', permissions: PERMISSIONS }],
      },
    ],
  }

  test.each([[99], [undefined]])('an app signs in as its installation, %s or the one on the account', async (id) => {
    const given = { app_id: '4711', private_key: privateKey, ...(id && { installation_id: id }) }
    const { ask, host, log } = await opened({ token: undefined, app: given, writable: true }, { seed })
    const path = '_file/scripts/by-app.txt'
    const made = await ask({ method: 'POST', path, body: { content: 'x', message: 'm' } })
    expect(made.status, made.text).toBe(201)
    expect((await ask({ path })).body.content).toBe('x')
    const asked = pathsOf(host.seen)
    expect(asked.filter((each) => each === 'POST /app/installations/99/access_tokens')).toHaveLength(1)
    expect(asked.includes('GET /users/octo/installation')).toBe(id === undefined)
    expect(host.seen.at(-1)!.headers.authorization).toMatch(/^token ghs_/)
    expect(JSON.stringify(log.lines)).not.toContain('PRIVATE KEY')
  })

  test('an app that is not installed on the account is told as missing, and tried again', async () => {
    const given = { app_id: '4711', private_key: privateKey }
    const { ask, host } = await opened(
      { token: undefined, app: given },
      { seed: { apps: [{ ...app, installations: [] }] } },
    )
    for (const times of [1, 2]) {
      expect((await ask({ path: '_repo/scripts' })).status).toBe(404)
      expect(host.seen.length).toBe(times)
    }
  })
})

describe('the list of repositories', () => {
  test('is the account’s own, private ones included, where the token is the account’s', async () => {
    const { ask, host } = await opened()
    expect(namesIn((await ask({ path: '_repo' })).body)).toEqual(['notes', 'scripts', 'tools'])
    expect(pathsOf(host.seen)).toEqual(['GET /users/octo', 'GET /user', 'GET /user/repos'])
  })

  test('is what everyone sees where the account is another’s', async () => {
    const { ask, host } = await opened({ vendor: 'else' })
    expect(namesIn((await ask({ path: '_repo' })).body)).toEqual(['theirs'])
    expect(pathsOf(host.seen).at(-1)).toBe('GET /users/else/repos')
  })

  test('is the organization’s where it is one, and an app’s are those of its installation on the account', async () => {
    const repo = (owner: string, name: string) => ({
      name,
      full_name: `${owner}/${name}`,
      private: true,
      owner: { login: owner },
    })
    const { ask, host } = await opened({ vendor: 'Shop' })
    host.intercept = ({ url }) =>
      url.startsWith('/users/') ? json(200, { login: 'shop', type: 'Organization' }) : json(200, [repo('shop', 'till')])
    expect(namesIn((await ask({ path: '_repo' })).body)).toEqual(['till'])
    expect(pathsOf(host.seen).at(-1)).toBe('GET /orgs/Shop/repos')

    const given = { app_id: '1', private_key: privateKey, installation_id: 5 }
    const other = await opened({ vendor: 'Shop', token: undefined, app: given })
    other.host.intercept = ({ url }) =>
      url.endsWith('/access_tokens')
        ? json(201, { token: 'ghs_x', expires_at: '2999-01-01T00:00:00Z', permissions: {} })
        : json(200, { total_count: 2, repositories: [repo('shop', 'till'), repo('guest', 'other')] })
    expect(namesIn((await other.ask({ path: '_repo' })).body)).toEqual(['till'])
    expect(pathsOf(other.host.seen).at(-1)).toBe('GET /installation/repositories')
  })
})

describe('tags', () => {
  test('are listed with their commits, and files are read at them', async () => {
    const { ask, host } = await opened()
    const { sha } = (await ask({ path: '_branch/scripts/main' })).body
    const headers = { authorization: `token ${TOKEN}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ ref: 'refs/tags/v1.0', sha })
    const made = await fetch(`${host.url}/repos/octo/scripts/git/refs`, { method: 'POST', headers, body })
    expect(made.status).toBe(201)
    const main = await ask({ path: '_file/scripts/README.md' })
    expect((await ask({ path: '_file/scripts/README.md', query: { tag: 'v1.0' } })).body).toEqual(main.body)
    expect((await ask({ path: '_commit/scripts/v1.0' })).body.sha).toBe(sha)
    // The emulator lists none.
    host.intercept = () => json(200, [{ name: 'v1.0', commit: { sha, url: 'u' }, zipball_url: 'z', tarball_url: 't' }])
    expect((await ask({ path: '_tag/scripts' })).body.resource).toEqual([{ name: 'v1.0', sha }])
  })
})

describe('pull requests, which are issues to GitHub', () => {
  test('are none here: not in the list, not by their number, and not for comments', async () => {
    const { ask, host } = await opened({ writable: true })
    const issue = { number: 7, title: 't', state: 'open', labels: [], html_url: 'u', created_at: 'd', updated_at: 'd' }
    const pull = { ...issue, number: 8, pull_request: { url: 'u' } }
    host.intercept = ({ url }) => json(200, /issues(?:\?|$)/.test(url) ? [pull, issue, pull] : pull)
    const { body } = await ask({ path: '_issue/scripts', query: { as_list: true } })
    expect(body.resource).toEqual([7])
    expect((await ask({ path: '_issue/scripts/8' })).status).toBe(404)
    const comment = { method: 'POST', path: '_issue/scripts/8/_comment', body: { body: 'x' } }
    expect((await ask(comment)).status).toBe(404)
    expect(host.seen.every(({ method }) => method === 'GET')).toBe(true)
  })
})

describe('pull requests from a fork', () => {
  test('are made and listed by owner:branch, and tell which repository each side is of', async () => {
    const { ask, host } = await opened({ writable: true })
    const headers = { authorization: `token ${THEIR_TOKEN}`, 'content-type': 'application/json' }
    const fork = await fetch(`${host.url}/repos/octo/scripts/forks`, { method: 'POST', headers, body: '{}' })
    expect(fork.status).toBe(202)
    const path = '_pull/scripts'
    await ask({ method: 'POST', path: '_branch/scripts', body: { name: 'mend' } })
    const own = await ask({ method: 'POST', path, body: { title: 'Ours', head: 'mend' } })
    expect(own.status, own.text).toBe(201)
    const theirs = await ask({ method: 'POST', path, body: { title: 'Theirs', head: 'else:mend', base: 'main' } })
    expect(theirs.status, theirs.text).toBe(201)
    expect([theirs.body.head.branch, theirs.body.head.repository]).toEqual(['mend', 'else/scripts'])
    expect([theirs.body.base.branch, theirs.body.base.repository]).toEqual(['main', 'octo/scripts'])
    const listed = async (query: Record<string, string>) => {
      const { status, body, text } = await ask({ path, query })
      expect(status, text).toBe(200)
      return body.resource.map(({ title }: { title: string }) => title).toSorted()
    }
    expect(await listed({})).toEqual(['Ours', 'Theirs'])
    expect(await listed({ head: 'else:mend' })).toEqual(['Theirs'])
    expect(await listed({ head: 'mend' })).toEqual(['Ours'])
    expect(await listed({ base: 'main' })).toEqual(['Ours', 'Theirs'])
    expect(await listed({ base: 'other' })).toEqual([])
    for (const head of ['else:', ':mend', 'a/b:mend', 'else:a..b', 'else:a:b'])
      expect((await ask({ path, query: { head } })).status, head).toBe(400)
  })

  test('whose fork is gone say so', async () => {
    const { ask, host } = await opened()
    const side = { ref: 'mend', sha: 'a'.repeat(40), repo: null }
    const dates = { created_at: 'd', updated_at: 'd', closed_at: null, merged_at: null }
    const pull = { number: 3, title: 't', state: 'open', html_url: 'u', ...dates, head: side, base: side }
    host.intercept = () => json(200, pull)
    expect((await ask({ path: '_pull/scripts/3' })).body.head.repository).toBe(null)
  })
})

describe('beyond the contents API', () => {
  test('a folder with more than 1,000 entries is listed whole, from the trees', async () => {
    const { ask, host } = await opened({ writable: true })
    const names = Array.from({ length: 1_005 }, (_, index) => `f${String(index).padStart(4, '0')}`)
    const content = (name: string) => ({ name, path: `big/${name}`, sha: 'a'.repeat(40), size: 1, type: 'file' })
    const tree = [
      ...names.map((path) => ({ path, mode: '100644', type: 'blob', sha: 'a'.repeat(40), size: 1 })),
      { path: 'link', mode: '120000', type: 'blob', sha: 'b'.repeat(40), size: 2 },
      { path: 'module', mode: '160000', type: 'commit', sha: 'c'.repeat(40) },
      { path: 'sub', mode: '040000', type: 'tree', sha: 'd'.repeat(40) },
    ]
    host.intercept = ({ url }) => {
      if (url.includes('/contents/')) return json(200, names.slice(0, 1_000).map(content))
      if (url.includes('/git/trees/main'))
        return json(200, { tree: [{ path: 'big', type: 'tree', sha: 'e'.repeat(40) }] })
      return json(200, { tree, truncated: false })
    }
    const { body } = await ask({ path: '_file/scripts/big', query: { branch: 'main' } })
    expect(body.resource).toHaveLength(1_008)
    expect(body.resource.slice(-4).map(({ path, type }: any) => [path, type])).toEqual([
      ['big/f1004', 'file'],
      ['big/link', 'symlink'],
      ['big/module', 'submodule'],
      ['big/sub', 'dir'],
    ])
    const native = await ask({ path: '_repo/scripts/big', query: { branch: 'main', as_list: true } })
    expect(native.body.resource).toHaveLength(1_008)
    expect(pathsOf(host.seen).filter((each) => each.includes('trees'))[1]).toBe(
      `GET /repos/octo/scripts/git/trees/${'e'.repeat(40)}`,
    )
  })

  test('a file that is too large for it is read as a blob', async () => {
    const { ask, host } = await opened()
    const large = Buffer.alloc(1_500_000, 'x').toString('base64')
    const entry = { name: 'l', path: 'l', type: 'file', size: 1_500_000, sha: 'a'.repeat(40) }
    host.intercept = ({ url }) =>
      url.includes('/git/blobs/')
        ? json(200, { content: large, encoding: 'base64' })
        : json(200, { ...entry, content: '', encoding: 'none' })
    expect((await ask({ path: '_file/scripts/l' })).body.content).toHaveLength(1_500_000)
    expect((await ask({ path: '_repo/scripts/l', query: { content: true } })).body).toHaveLength(1_500_000)
  })

  test('a link is the path that it leads to, and a submodule has no content', async () => {
    const { ask, host } = await opened()
    const entry = { name: 'l', path: 'l', size: 4, sha: 'a'.repeat(40) }
    host.intercept = () => json(200, { ...entry, type: 'symlink', target: 'to/a' })
    expect((await ask({ path: '_file/scripts/l' })).body).toMatchObject({ type: 'symlink', content: 'to/a' })
    host.intercept = () => json(200, { ...entry, type: 'submodule' })
    expect((await ask({ path: '_file/scripts/l' })).status).toBe(422)
  })
})

describe('failures', () => {
  test('a repository with another name is not answered under its old one', async () => {
    const { ask, host } = await opened()
    host.intercept = ({ url }) =>
      url.startsWith('/repositories/')
        ? json(200, { name: 'secret' })
        : { ...json(301, { message: 'Moved Permanently' }), headers: { location: `${host.url}/repositories/7` } }
    const { status, body } = await ask({ path: '_repository/scripts' })
    expect([status, host.seen.length]).toEqual([404, 1])
    expect(body.error.message).toMatch(/another name/)
  })

  test('keep the host’s status and its message, and what it finds wrong', async () => {
    const { ask, host } = await opened({ writable: true })
    const errors = [
      { resource: 'Issue', field: 'title', code: 'missing_field', documentation_url: 'https://x.example' },
    ]
    host.intercept = () => json(422, { message: 'Validation Failed', errors, documentation_url: 'https://x.example' })
    const { status, body } = await ask({ method: 'POST', path: '_issue/scripts', body: { title: 't' } })
    expect(status).toBe(422)
    expect(body.error.message).toMatch(/^Validation Failed\./)
    expect(body.error.context).toEqual([{ field: 'title', code: 'missing_field' }])
    expect(JSON.stringify(body)).not.toContain('x.example')
  })

  test.each([
    [500, 502],
    [502, 502],
    [503, 503],
    [504, 504],
  ])('a host that fails with %s is no fault of the gateway: %s', async (given, status) => {
    const { ask, host } = await opened()
    host.intercept = () => json(given, { message: 'at 10.0.0.7' })
    const answer = await ask({ path: '_repository/scripts' })
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('10.0.0.7')
  })

  test('a page of HTML in place of JSON is a failure of the host, and is not passed on', async () => {
    const { ask, host } = await opened()
    host.intercept = () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>nginx 10.0.0.7</h1>' })
    const { status, text } = await ask({ path: '_repo/scripts' })
    expect(status).toBe(502)
    expect(text).not.toMatch(/nginx|<h1>/)
  })

  test('a host behind the gateway’s walls is not called unless its operator opens it', async () => {
    const { ask } = await opened({ base_url: 'http://10.255.255.1' })
    const { status, body } = await ask({ path: '_repository/scripts' })
    expect(status).toBe(403)
    expect(body.error.message).toMatch(/private network/)
  })

  test('a self-managed host has its API below a path', async () => {
    const { ask, host } = await opened()
    const { url } = host
    const enterprise = await opened({ base_url: `${url}/api/v3/` })
    host.intercept = () => json(200, { name: 'scripts', full_name: 'octo/scripts', private: false, html_url: 'u' })
    expect((await enterprise.ask({ path: '_repository/scripts' })).status).toBe(200)
    expect(host.seen.map((seen) => seen.url)).toEqual(['/api/v3/repos/octo/scripts'])
    expect((await ask({ path: '_repository/scripts' })).status).toBe(200)
  })

  test('a list breaks off where a later page can not be read, and is an error where the first can not', async () => {
    const { ask, host } = await opened()
    const next = { link: `<${host.url}/repos/octo/scripts/branches?page=2>; rel="next"` }
    const branch = { name: 'main', commit: { sha: 'a' }, protected: false }
    host.intercept = ({ url }) => {
      if (url.includes('page=2')) return json(404, { message: 'Not Found' })
      const first = json(200, [branch])
      return { ...first, headers: { ...first.headers, ...next } }
    }
    await expect(ask({ path: '_branch/scripts', query: { all: true } })).rejects.toThrow()
    expect(host.seen).toHaveLength(2)
    host.intercept = () => json(404, { message: 'Not Found' })
    expect((await ask({ path: '_branch/scripts', query: { all: true } })).status).toBe(404)
  })

  test('a caller who leaves ends the call to the host', async () => {
    const leaving = new AbortController()
    const asked: (AbortSignal | null | undefined)[] = []
    const fetch: Host['fetch'] = (_url, init) => {
      asked.push(init?.signal)
      queueMicrotask(() => leaving.abort(new Error('has left')))
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal!.reason))
      })
    }
    const config = githubConfig.parse({ vendor: 'octo', token: 't' })
    const service = github.create(config, recordedHost({ fetch }))
    const { handle } = service.endpoints.find(({ id }) => id === 'readRepository')!
    const access = () => ({ filters: [], deny: [] })
    const call = { params: { repo_name: 'scripts' }, access, signal: leaving.signal, sendHeader: () => {} }
    await expect(handle(call as never)).rejects.toThrow('has left')
    expect(asked.map((signal) => signal?.aborted)).toEqual([true])
  })
})
