/** Issues, pull requests and comments. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { put, type RepositoriesContext, refused } from './context.ts'

/** A branch with a change on it. */
const branchOf = async (context: RepositoriesContext): Promise<string> => {
  const { given, fresh, subject } = context
  const name = `pull/${fresh()}`
  await given({ method: 'POST', path: `_branch/${subject.repository}`, body: { name } })
  await put(context, `${fresh()}.txt`, 'x', { branch: name })
  return name
}

const comment = async ({ ask, given }: RepositoriesContext, path: string): Promise<void> => {
  assert.deepEqual((await given({ path })).resource, [])
  const made = await ask({ method: 'POST', path, body: { body: 'Well **done**. 🙂' } })
  assert.equal(made.status, 201, made.text)
  const { resource } = await given({ path })
  assert.deepEqual(resource, [made.body])
  assert.equal(made.body.body, 'Well **done**. 🙂')
}

export const discussionChecks: readonly Check<RepositoriesContext>[] = [
  {
    name: 'an issue is made, read, listed and commented on',
    async run(context) {
      const { given, ask, subject } = context
      const path = `_issue/${subject.repository}`
      const issue = { title: 'It breaks', body: 'At *once*.\nEvery time.' }
      const made = await ask({ method: 'POST', path, body: issue })
      assert.equal(made.status, 201, made.text)
      const { number } = made.body
      const read = await given({ path: `${path}/${number}` })
      assert.deepEqual([read.number, read.title, read.body, read.state], [number, issue.title, issue.body, 'open'])
      const { resource } = await given({ path, query: { all: true, as_list: true } })
      assert.ok(resource.includes(number))
      const closed = await given({ path, query: { state: 'closed', as_list: true } })
      assert.ok(!closed.resource.includes(number))
      await comment(context, `${path}/${number}/_comment`)
      await refused(context, { path: `${path}/999999` }, 404)
      await refused(context, { path: `${path}/x` }, 400)
      await refused(context, { method: 'POST', path, body: { body: 'no title' } }, 400)
      await refused(context, { path, query: { state: 'maybe' } }, 400)
    },
  },
  {
    name: 'a pull request is made, read, listed and commented on',
    async run(context) {
      const { given, ask, subject } = context
      const path = `_pull/${subject.repository}`
      await given({ method: 'POST', path, body: { title: 'Another', head: await branchOf(context) } })
      const head = await branchOf(context)
      const made = await ask({ method: 'POST', path, body: { title: 'Mend it', body: 'So.', head } })
      assert.equal(made.status, 201, made.text)
      const { number } = made.body
      const read = await given({ path: `${path}/${number}` })
      assert.deepEqual([read.title, read.body, read.state, read.merged_at], ['Mend it', 'So.', 'open', null])
      assert.deepEqual([read.head.branch, read.base.branch], [head, subject.defaultBranch])
      const listed = async (query: object) =>
        (await given({ path, query: { all: true, as_list: true, ...query } })).resource
      assert.ok((await listed({})).includes(number))
      assert.deepEqual(await listed({ head }), [number])
      assert.ok((await listed({ base: subject.defaultBranch })).includes(number))
      assert.ok(!(await listed({ base: head })).includes(number))
      await comment(context, `${path}/${number}/_comment`)
      await refused(context, { path: `${path}/999999` }, 404)
      await refused(context, { method: 'POST', path, body: { title: 't', head: 'a..b' } }, 400)
      await refused(context, { path, query: { head: 'a b:c' } }, 400)
    },
  },
  {
    name: 'issues are no pull requests, and pull requests no issues',
    async run(context) {
      const { given, subject } = context
      const { repository } = subject
      const issue = await given({ method: 'POST', path: `_issue/${repository}`, body: { title: 'An issue' } })
      const body = { title: 'A pull request', head: await branchOf(context) }
      const pull = await given({ method: 'POST', path: `_pull/${repository}`, body })
      const listed = async (path: string) =>
        (await given({ path, query: { all: true } })).resource.map(({ title }: { title: string }) => title)
      assert.ok(!(await listed(`_issue/${repository}`)).includes('A pull request'))
      assert.ok(!(await listed(`_pull/${repository}`)).includes('An issue'))
      if (issue.number === pull.number) return
      await refused(context, { path: `_issue/${repository}/${pull.number}` }, 404)
      await refused(context, { path: `_pull/${repository}/${issue.number}` }, 404)
      const comment = { method: 'POST', body: { body: 'x' } }
      await refused(context, { ...comment, path: `_issue/${repository}/${pull.number}/_comment` }, 404)
      await refused(context, { ...comment, path: `_pull/${repository}/${issue.number}/_comment` }, 404)
    },
  },
]
