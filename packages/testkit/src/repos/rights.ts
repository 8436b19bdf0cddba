/** What a role may not touch is not touched by any way round, and what is no name reaches no host. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { put, type RepositoriesContext, refused } from './context.ts'

/** Every way to read something of a repository. */
const readsOf = (repository: string, path: string, branch: string) => [
  { path: `_repo/${repository}/${path}` },
  { path: `_repo/${repository}`, query: { path } },
  { path: `_repo/${repository}`, query: { path: `/${path}/` } },
  { path: `_repo/${repository.toUpperCase()}/${path}` },
  { path: `_repo//${repository}/${path}` },
  { path: `_file/${repository}/${path}` },
  { path: `_file/${repository.toUpperCase()}/${path}`, query: { branch } },
  { path: `_commit/${repository}`, query: { path } },
]

const HOSTILE_PATHS = ['%2e%2e/x', 'a/%2e%2e/%2e%2e/x', '..%2fx', 'a%2f..%2f..%2fx', 'a%5c..%5cx', 'a%00b', 'a%0ab']
const HOSTILE_NAMES = ['..%2f..%2fuser', 'a%2fb', 'a%20b', 'a%3fb', 'a%23b', 'x.git', 'ä', 'x'.repeat(101)]
const HOSTILE_REFS = [
  '../../user',
  'a..b',
  'a b',
  'a\nb',
  'a?b',
  'a~1',
  'a^{}',
  '@',
  '@{1}',
  '-x',
  '/a',
  'a/',
  'a.lock',
  'a\\b',
]

export const rightChecks: readonly Check<RepositoriesContext>[] = [
  {
    name: 'a path that a role is denied is not read by any address, nor shown in a list',
    async run(context) {
      const { given, fresh, subject } = context
      const { repository, defaultBranch } = subject
      const folder = fresh()
      await put(context, `${folder}/secret/a.txt`, 'hidden words')
      await put(context, `${folder}/open.txt`, 'open words')
      const as: RoleSpec = {
        access: [
          { component: '*' },
          { component: `_repo/${repository}/${folder}/secret`, verbs: [] },
          { component: `_repo/${repository}/${folder}/secret/a.txt`, verbs: [] },
        ],
      }
      assert.equal((await given({ path: `_file/${repository}/${folder}/open.txt`, as })).content, 'open words')
      for (const path of [`${folder}/secret`, `${folder}/secret/a.txt`])
        for (const asked of readsOf(repository, path, defaultBranch)) {
          const answer = await context.ask({ ...asked, as })
          assert.ok(answer.status === 401 || answer.status === 403, `${JSON.stringify(asked)}: ${answer.text}`)
          assert.doesNotMatch(answer.text, /hidden|aGlkZGVu/)
        }
      for (const resource of ['_repo', '_file']) {
        const list = await given({ path: `${resource}/${repository}/${folder}`, query: { fields: 'name' }, as })
        assert.deepEqual(list.resource, [{ name: 'open.txt' }])
      }
    },
  },
  {
    name: 'a repository that a role is denied is in no list, and nothing can be done with it',
    async run(context) {
      const { given, subject } = context
      const { other, repository } = subject
      const as: RoleSpec = { access: [{ component: '*' }, { component: `_repo/${other}`, verbs: [] }] }
      for (const path of ['_repo', '_repository']) {
        const { resource } = await given({ path, query: { as_list: true }, as })
        assert.deepEqual([resource.includes(repository), resource.includes(other)], [true, false])
      }
      for (const name of [other, other.toUpperCase()])
        for (const path of ['_repo', '_repository', '_branch', '_tag', '_commit', '_file', '_issue', '_pull']) {
          const { status } = await context.ask({ path: `${path}/${name}`, as })
          assert.ok(status === 401 || status === 403, `${path}/${name}: ${status}`)
        }
      const write = { method: 'POST', path: `_issue/${other}`, body: { title: 't' }, as }
      assert.ok((await context.ask(write)).status >= 401)
    },
  },
  {
    name: 'who may only read _repo writes no file, and who may only use _file has nothing to use it on',
    async run(context) {
      const { fresh, subject } = context
      const path = `_file/${subject.repository}/${fresh()}.txt`
      const write = { method: 'POST', path, body: { content: 'x', message: 'm' } }
      const reader: RoleSpec = { access: [{ component: '_repo/*', verbs: ['GET'] }, { component: '_file/*' }] }
      const stranger: RoleSpec = { access: [{ component: '_file/*' }, { component: '_issue/*' }] }
      for (const as of [reader, stranger]) assert.ok((await context.ask({ ...write, as })).status >= 401)
      await refused(context, { path }, 404)
      const read = await context.ask({ path: `_file/${subject.repository}`, as: stranger })
      assert.ok(read.status >= 401)
      const issue = { method: 'POST', path: `_issue/${subject.repository}`, body: { title: 't' }, as: stranger }
      assert.ok((await context.ask(issue)).status >= 401)
    },
  },
  {
    name: 'without writable there is nothing but GET',
    async run(context) {
      const { fresh, subject } = context
      const { repository } = subject
      const writes = [
        ['POST', `_file/${repository}/${fresh()}.txt`, { content: 'x', message: 'm' }],
        ['PUT', `_file/${repository}/${fresh()}.txt`, { content: 'x', message: 'm', sha: 'a'.repeat(40) }],
        ['DELETE', `_file/${repository}/${fresh()}.txt`, { message: 'm', sha: 'a'.repeat(40) }],
        ['POST', `_branch/${repository}`, { name: fresh() }],
        ['POST', `_issue/${repository}`, { title: 't' }],
        ['POST', `_issue/${repository}/1/_comment`, { body: 'b' }],
        ['POST', `_pull/${repository}`, { title: 't', head: 'x' }],
        ['POST', `_pull/${repository}/1/_comment`, { body: 'b' }],
      ] as const
      for (const [method, path, body] of writes)
        await refused(context, { service: 'readonly', method, path, body }, 400)
      const { status } = await context.ask({ service: 'readonly', path: `_file/${repository}` })
      assert.equal(status, 200)
    },
  },
  {
    name: 'what is no name, path or ref is refused before any host is asked',
    async run(context) {
      const { repository } = context.subject
      const asked = [
        ...HOSTILE_PATHS.flatMap((path) => [
          { path: `_repo/${repository}/${path}` },
          { path: `_file/${repository}/${path}` },
          { path: `_repo/${repository}`, query: { path: decodeURIComponent(path) } },
        ]),
        ...HOSTILE_NAMES.flatMap((name) =>
          ['_repo', '_repository', '_file', '_issue'].map((top) => ({ path: `${top}/${name}` })),
        ),
        ...HOSTILE_REFS.flatMap((branch) => [
          { path: `_repo/${repository}`, query: { branch } },
          { path: `_commit/${repository}`, query: { branch } },
          { path: `_branch/${repository}/${encodeURIComponent(branch)}` },
        ]),
      ]
      for (const each of asked) {
        const { status, text } = await context.ask(each)
        assert.ok(status === 400 || status === 404, `${JSON.stringify(each)}: ${status} ${text}`)
      }
    },
  },
]
