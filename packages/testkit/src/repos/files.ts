/** Files: what is written is there, byte for byte, and nothing is written over what somebody else wrote. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { put, type RepositoriesContext, refused } from './context.ts'

const WRONG = '0123456789012345678901234567890123456789'

export const fileChecks: readonly Check<RepositoriesContext>[] = [
  {
    name: 'a file is made, read, replaced and removed, each by a commit of its own with its message',
    async run(context) {
      const { given, ask, fresh, subject } = context
      const name = `${fresh()}/a.txt`
      const path = `_file/${subject.repository}/${name}`
      const message = async () =>
        (await given({ path: `_commit/${subject.repository}/${subject.defaultBranch}` })).message
      const made = await ask({ method: 'POST', path, body: { content: 'one\n', message: 'First' } })
      assert.equal(made.status, 201, made.text)
      assert.equal(await message(), 'First')
      const first = await given({ path })
      assert.deepEqual([first.path, first.type, first.size], [name, 'file', 4])
      assert.deepEqual([first.content, first.encoding, first.sha], ['one\n', 'utf-8', made.body.sha])
      const body = { content: 'two\n', message: 'Second', sha: first.sha }
      const changed = await given({ method: 'PUT', path, body })
      assert.equal(await message(), 'Second')
      const second = await given({ path })
      assert.deepEqual([second.content, second.sha], ['two\n', changed.sha])
      assert.notEqual(second.sha, first.sha)
      const gone = await given({ method: 'DELETE', path, body: { sha: second.sha, message: 'Third' } })
      assert.equal(gone.sha, null)
      assert.equal(await message(), 'Third')
      await refused(context, { path }, 404)
    },
  },
  {
    name: 'any bytes go in and out, and what was read can be written again',
    async run(context) {
      const { given, fresh, subject } = context
      const at = `_file/${subject.repository}/${fresh()}`
      const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256))
      const contents = [
        { content: bytes.toString('base64'), encoding: 'base64' },
        { content: '\ufeffmark, \0 and 🙂\r\n', encoding: 'utf-8' },
        { content: '', encoding: 'utf-8' },
      ]
      for (const [index, sent] of contents.entries()) {
        const path = `${at}/${index}`
        await given({ method: 'POST', path, body: { ...sent, message: 'm' } })
        const { content, encoding, sha } = await given({ path })
        assert.deepEqual({ content, encoding }, sent)
        const copy = `${path}-copy`
        await given({ method: 'POST', path: copy, body: { content, encoding, message: 'm' } })
        assert.equal((await given({ path: copy })).sha, sha)
      }
      await refused(context, { path: `${at}/0`, query: { encoding: 'utf-8' } }, 422, /base64/)
      const text = await given({ path: `${at}/1`, query: { encoding: 'base64' } })
      assert.equal(Buffer.from(text.content, 'base64').toString(), contents[1]!.content)
    },
  },
  {
    name: 'odd names are names like any other',
    async run(context) {
      const { given, fresh, subject } = context
      const folder = fresh()
      const odd = ['a b.txt', 'ä+ö&c=d.txt', '100%.txt', 'q?x#y.txt', "it's.txt", '{x}.txt', '世界.txt', '-.x..y']
      for (const name of odd) {
        const path = `_file/${subject.repository}/${folder}/${encodeURIComponent(name)}`
        await given({ method: 'POST', path, body: { content: name, message: name } })
        assert.equal((await given({ path })).content, name)
      }
      const query = { as_list: true }
      const { resource } = await given({ path: `_file/${subject.repository}/${folder}`, query })
      assert.deepEqual(resource.toSorted(), odd.map((name) => `${folder}/${name}`).toSorted())
    },
  },
  {
    name: 'nothing is made where something is, nor replaced or removed where it has become another',
    async run(context) {
      const { given, fresh, subject } = context
      const path = `_file/${subject.repository}/${fresh()}.txt`
      const { sha } = await given({ method: 'POST', path, body: { content: 'mine', message: 'm' } })
      await refused(context, { method: 'POST', path, body: { content: 'yours', message: 'm' } }, 409)
      const stale = { sha: WRONG, message: 'm' }
      await refused(context, { method: 'PUT', path, body: { content: 'yours', ...stale } }, 409)
      await refused(context, { method: 'DELETE', path, body: stale }, 409)
      await refused(context, { method: 'DELETE', path, query: stale }, 409)
      assert.equal((await given({ path })).content, 'mine')
      await given({ method: 'DELETE', path, query: { sha, message: 'by the query' } })
      await refused(context, { path }, 404)
    },
  },
  {
    name: 'what is missing or wrong in a write is named, and nothing is done',
    async run(context) {
      const { fresh, subject } = context
      const path = `_file/${subject.repository}/${fresh()}.txt`
      const good = { content: 'x', message: 'm' }
      const wrong: readonly (readonly [string, object, RegExp])[] = [
        ['POST', { content: 'x' }, /message/],
        ['POST', { message: 'm' }, /content/],
        ['POST', { ...good, message: '' }, /message/],
        ['POST', { ...good, encoding: 'base64', content: '?' }, /base64/],
        ['POST', { ...good, encoding: 'latin1' }, /encoding/],
        ['POST', { ...good, branch: 'a..b' }, /branch/],
        ['POST', { ...good, author: { name: 'Ann' } }, /author/],
        ['POST', { ...good, unknown: 1 }, /unknown/],
        ['PUT', good, /sha/],
        ['PUT', { ...good, sha: 'x' }, /sha/],
        ['DELETE', { message: 'm' }, /sha/],
        ['DELETE', { sha: WRONG }, /message/],
      ]
      for (const [method, body, message] of wrong) {
        const answer = await context.ask({ method, path, body })
        assert.equal(answer.status, 400, `${method} ${JSON.stringify(body)}: ${answer.text}`)
        assert.match(answer.text, message)
      }
      await refused(context, { path }, 404)
    },
  },
  {
    name: 'a write to a branch is on that branch alone',
    async run(context) {
      const { given, fresh, subject } = context
      const [branch, name] = [`w/${fresh()}`, `${fresh()}.txt`]
      await given({ method: 'POST', path: `_branch/${subject.repository}`, body: { name: branch } })
      await put(context, name, 'there', { branch })
      const path = `_file/${subject.repository}/${name}`
      await refused(context, { path }, 404)
      const { sha, content } = await given({ path, query: { branch } })
      assert.equal(content, 'there')
      await given({ method: 'DELETE', path, query: { sha, message: 'm', branch } })
      await refused(context, { path, query: { branch } }, 404)
    },
  },
]
