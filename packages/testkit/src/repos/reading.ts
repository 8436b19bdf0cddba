/** Repositories and their history, in the family's own words. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { put, type RepositoriesContext, refused } from './context.ts'

/** Follows `meta.next` to the end. */
const walk = async ({ given }: RepositoriesContext, path: string, query: object = {}): Promise<readonly any[]> => {
  const items: any[] = []
  let page: unknown
  for (let pages = 0; pages < 50; pages++) {
    const body = await given({ path, query: { per_page: 1, ...query, ...(page !== undefined && { page }) } })
    assert.ok(body.resource.length <= 1)
    items.push(...body.resource)
    page = body.meta?.next
    if (page === undefined) return items
  }
  throw new Error(`${path} has no end`)
}

export const readChecks: readonly Check<RepositoriesContext>[] = [
  {
    name: 'repositories are listed and described with their default branch',
    async run(context) {
      const { given, subject } = context
      const { resource } = await given({ path: '_repository' })
      const listed = resource.find(({ name }: { name: string }) => name === subject.repository)
      assert.equal(listed.default_branch, subject.defaultBranch)
      const one = await given({ path: `_repository/${subject.repository}` })
      assert.equal(one.name, listed.name)
      assert.equal(one.default_branch, subject.defaultBranch)
      await refused(context, { path: '_repository/there-is-no-such-repository' }, 404)
    },
  },
  {
    name: 'lists are complete: page by page as meta.next says, and all at once',
    async run(context) {
      const { given, fresh, subject } = context
      const { repository } = subject
      for (let index = 0; index < 3; index++) {
        await given({ method: 'POST', path: `_branch/${repository}`, body: { name: `list/${fresh()}` } })
        await put(context, `${fresh()}.txt`, 'x')
        await given({ method: 'POST', path: `_issue/${repository}`, body: { title: fresh() } })
      }
      for (const path of ['_repository', `_branch/${repository}`, `_commit/${repository}`, `_issue/${repository}`]) {
        const pages = await walk(context, path)
        assert.ok(pages.length >= 2, path)
        const { resource } = await given({ path, query: { all: true, per_page: 2 } })
        assert.deepEqual(resource, pages, path)
        assert.equal(new Set(resource.map((each: object) => JSON.stringify(each))).size, resource.length, path)
      }
    },
  },
  {
    name: 'lists take fields and as_list, and say what is wrong with a page',
    async run(context) {
      const path = `_branch/${context.subject.repository}`
      const { resource } = await context.given({ path, query: { as_list: true, all: true } })
      assert.ok(resource.includes(context.subject.defaultBranch))
      const some = await context.given({ path, query: { fields: 'sha' } })
      assert.deepEqual(Object.keys(some.resource[0]), ['sha'])
      for (const query of [{ per_page: 0 }, { per_page: 'x' }, { page: 'x y' }])
        await refused(context, { path, query }, 400, /page/)
    },
  },
  {
    name: 'a branch is made from the default branch, or from another, and read with its newest commit',
    async run(context) {
      const { given, fresh, subject } = context
      const path = `_branch/${subject.repository}`
      const main = await given({ path: `${path}/${subject.defaultBranch}` })
      assert.equal(main.name, subject.defaultBranch)
      const [first, second] = [`some/${fresh()}`, fresh()]
      const made = await context.ask({ method: 'POST', path, body: { name: first } })
      assert.equal(made.status, 201)
      assert.deepEqual(made.body, await given({ path: `${path}/${first}` }))
      assert.equal(made.body.sha, main.sha)
      await put(context, `${fresh()}.txt`, 'x', { branch: first })
      const changed = await given({ path: `${path}/${first}` })
      assert.notEqual(changed.sha, main.sha)
      await given({ method: 'POST', path, body: { name: second, from: first } })
      assert.equal((await given({ path: `${path}/${second}` })).sha, changed.sha)
      await refused(context, { method: 'POST', path, body: { name: second } }, 409)
      await refused(context, { path: `${path}/no/such/branch` }, 404)
    },
  },
  {
    name: 'commits tell what was written, newest first, of a branch and of a path',
    async run(context) {
      const { given, fresh, subject } = context
      const path = `_commit/${subject.repository}`
      const [branch, file] = [fresh(), `${fresh()}.txt`]
      await given({ method: 'POST', path: `_branch/${subject.repository}`, body: { name: branch } })
      const author = { name: 'Ann Ünlü', email: 'ann@mail.example' }
      const { commit } = await put(context, file, 'x', { branch, message: 'Say why\n\nAt length.', author })
      const { resource } = await given({ path, query: { branch, per_page: 1 } })
      assert.equal(resource[0].sha, commit.sha)
      const one = await given({ path: `${path}/${branch}` })
      assert.deepEqual(one, await given({ path: `${path}/${commit.sha}` }))
      assert.equal(one.message, 'Say why\n\nAt length.')
      assert.deepEqual([one.author.name, one.author.email], ['Ann Ünlü', 'ann@mail.example'])
      assert.equal(one.parents.length, 1)
      const of = await given({ path, query: { branch, path: file, as_list: true } })
      assert.deepEqual(of.resource, [commit.sha])
      await refused(context, { path: `${path}/0000000000000000000000000000000000000001` }, 404)
    },
  },
]
