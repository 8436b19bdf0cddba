/** `_repo`: the part that clients of the wire contract know (services part, §8). */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { put, type RepositoriesContext, refused } from './context.ts'

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)

export const wireChecks: readonly Check<RepositoriesContext>[] = [
  {
    name: 'the root names _repo, and _repo lists the repositories of the account, whole, by name, or by chosen fields',
    async run({ given, subject: { repository, other } }) {
      assert.ok(names((await given({ path: '' })).resource).includes('_repo'))
      const { resource } = await given({ path: '_repo' })
      assert.ok(names(resource).includes(repository) && names(resource).includes(other))
      assert.ok(Object.keys(resource[0]).length > 5, 'as the host describes them')
      const list = await given({ path: '_repo', query: { as_list: true } })
      assert.deepEqual(list.resource, names(resource))
      const some = await given({ path: '_repo', query: { fields: 'name,nothing' } })
      assert.deepEqual(some.resource[0], { name: resource[0].name })
      assert.ok(Array.isArray(await given({ path: '_repo', query: { wrap: false } })))
    },
  },
  {
    name: 'page and per_page take the list of repositories apart',
    async run({ given }) {
      const all = names((await given({ path: '_repo' })).resource)
      assert.ok(all.length >= 2)
      for (const [index, name] of all.entries()) {
        const page = await given({ path: '_repo', query: { page: index + 1, per_page: 1 } })
        assert.deepEqual(names(page.resource), [name])
      }
      assert.deepEqual((await given({ path: '_repo', query: { page: all.length + 1, per_page: 1 } })).resource, [])
    },
  },
  {
    name: 'a folder is listed and a file described, by the path in the address, which goes first, or in the query',
    async run(context) {
      const { given, fresh, subject } = context
      const folder = fresh()
      const at = `_repo/${subject.repository}`
      await put(context, `${folder}/a.txt`, 'the words\n')
      await put(context, `${folder}/sub/b.txt`, 'b')
      assert.ok(names((await given({ path: at })).resource).includes(folder))
      const list = await given({ path: `${at}/${folder}` })
      assert.deepEqual(names(list.resource).toSorted(), ['a.txt', 'sub'])
      const file = await given({ path: `${at}/${folder}/a.txt` })
      assert.deepEqual([file.name ?? 'a.txt', file.path], ['a.txt', `${folder}/a.txt`])
      assert.equal(Buffer.from(file.content, 'base64').toString(), 'the words\n')
      const asked = { path: at, query: { path: `${folder}/a.txt` } }
      assert.deepEqual(await given(asked), file)
      assert.deepEqual(await given({ path: `${at}/${folder}/a.txt`, query: { path: 'no/such/thing' } }), file)
    },
  },
  {
    name: 'content=true answers the text alone: as it is, or quoted where JSON is asked for',
    async run(context) {
      const { ask, fresh, subject } = context
      const path = `${fresh()}.txt`
      await put(context, path, 'Grüße,\n"世界"')
      const asked = { path: `_repo/${subject.repository}/${path}`, query: { content: true } }
      const raw = await ask({ ...asked, headers: { accept: '*/*' } })
      assert.equal(raw.status, 200)
      assert.equal(raw.text, 'Grüße,\n"世界"')
      const quoted = await ask({ ...asked, headers: { accept: 'application/json' } })
      assert.equal(quoted.text, JSON.stringify('Grüße,\n"世界"'))
      const folder = { path: `_repo/${subject.repository}`, query: { content: true } }
      assert.ok(Array.isArray((await context.given(folder)).resource), 'without a path it is ignored')
    },
  },
  {
    name: 'branch goes before tag, both may name any ref, and without them it is the default branch',
    async run(context) {
      const { given, fresh, subject } = context
      const [branch, path] = [`wire/${fresh()}`, `${fresh()}.txt`]
      await given({ method: 'POST', path: `_branch/${subject.repository}`, body: { name: branch } })
      await put(context, path, 'on the branch', { branch })
      const at = `_repo/${subject.repository}/${path}`
      for (const query of [{ branch }, { tag: branch }, { branch, tag: subject.defaultBranch }])
        assert.equal(await given({ path: at, query: { ...query, content: true } }), 'on the branch')
      for (const query of [{}, { branch: '' }, { branch: subject.defaultBranch, tag: branch }])
        await refused(context, { path: at, query }, 404)
    },
  },
  {
    name: 'there is nothing but GET, and what is not there is a 404',
    async run(context) {
      const { repository } = context.subject
      const body = { content: 'x', message: 'm' }
      for (const path of ['_repo', `_repo/${repository}`, `_repo/${repository}/a.txt`])
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) await refused(context, { method, path, body }, 400)
      await refused(context, { path: '_repo/there-is-no-such-repository' }, 404)
      await refused(context, { path: `_repo/${repository}/no/such/file.txt` }, 404)
      await refused(context, { path: `_repo/${repository}`, query: { branch: 'no-such-branch' } }, 404)
    },
  },
]
