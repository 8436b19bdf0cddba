/** What a role may not touch is not touched by any way round. */
import assert from 'node:assert/strict'
import { strToU8, unzipSync } from 'fflate'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { archiveOf, unpack } from './archives.ts'
import { type FilesContext, pathsIn, put } from './context.ts'

/** One folder and what is below `pub/` in it; neither `secret/` nor `locked.txt`. */
const some = (folder: string): RoleSpec => ({
  access: [
    { component: '' },
    { component: folder },
    { component: `${folder}open.txt` },
    { component: `${folder}ok.txt` },
    { component: `${folder}pub/*` },
  ],
})

const prepared = async (context: FilesContext) => {
  const folder = await context.folder()
  await context.given({ method: 'POST', path: `${folder}secret/` })
  await context.given({ method: 'POST', path: `${folder}pub/` })
  await put(context, `${folder}secret/a.txt`, 'hidden words')
  await put(context, `${folder}locked.txt`, 'locked words')
  await put(context, `${folder}open.txt`, 'open words')
  return { folder, as: some(folder) }
}

export const rightChecks: readonly Check<FilesContext>[] = [
  {
    name: 'what a role may not read is in no tree, no archive and no copy',
    async run(context) {
      const { folder, as } = await prepared(context)
      for (const path of [`${folder}secret/`, `${folder}secret/a.txt`, `${folder}locked.txt`])
        assert.ok((await context.call({ path, as })).status >= 400, path)
      const { body } = await context.given({ path: folder, query: { full_tree: 'true', as_list: 'true' }, as })
      assert.ok(!body.resource.includes(`${folder}secret/a.txt`))
      const archive = unzipSync((await context.given({ path: folder, query: { zip: 'true' }, as })).bytes)
      assert.deepEqual(
        Object.values(archive)
          .map((bytes) => Buffer.from(bytes).toString())
          .filter((text) => text !== ''),
        ['open words'],
      )
      const list = (await context.given({ path: '', query: { as_access_list: 'true' }, as })).body.resource
      assert.ok(!list.includes(`${folder}secret/*`))
      const sources = [
        { type: 'file', name: 'x', source_path: `${folder}locked.txt` },
        { type: 'file', name: 'x', source_path: `${folder}secret/a.txt` },
        { type: 'folder', name: 'x', source_path: `${folder}secret/` },
        { type: 'folder', name: 'x', source_path: folder },
      ]
      const target = `${folder}pub/`
      const copied = await context.given({ method: 'POST', path: target, body: JSON.stringify(sources), as })
      for (const item of copied.body.resource) assert.ok(item.error, JSON.stringify(item))
      assert.deepEqual(await pathsIn(context, target), [])
    },
  },
  {
    name: 'what a role may not write is written by no header, form, list, address or archive',
    async run(context) {
      const { folder, as } = await prepared(context)
      const form = new FormData()
      form.append('files', new File(['x'], 'locked.txt'))
      const list = [
        { type: 'file', name: 'locked.txt', content: 'x' },
        { type: 'file', name: 'secret/b.txt', content: 'x' },
        { type: 'folder', name: 'secret/b/' },
        { type: 'file', name: 'secret/b.txt', source_path: `${folder}open.txt` },
      ]
      const calls = [
        { method: 'POST', path: folder, body: 'x', headers: { 'x-file-name': 'locked.txt' } },
        { method: 'POST', path: folder, body: 'x', headers: { 'x-file-name': 'secret/b.txt' } },
        { method: 'POST', path: folder, headers: { 'x-folder-name': 'secret/b' } },
        { method: 'POST', path: folder, body: form },
        unpack(folder, archiveOf({ 'ok.txt': strToU8('x'), 'secret/b.txt': strToU8('x') })),
        unpack(folder, archiveOf({ 'ok.txt': strToU8('x') }), { clean: 'true' }),
      ]
      for (const call of calls) assert.ok((await context.call({ ...call, as })).status >= 400, JSON.stringify(call))
      const answer = await context.given({ method: 'POST', path: folder, body: JSON.stringify(list), as })
      for (const item of answer.body.resource) assert.ok(item.error, JSON.stringify(item))
      assert.deepEqual([...(await pathsIn(context, folder, { full_tree: 'true' }))].sort(), [
        `${folder}locked.txt`,
        `${folder}open.txt`,
        `${folder}pub/`,
        `${folder}secret/`,
        `${folder}secret/a.txt`,
      ])
      assert.equal((await context.given({ path: `${folder}locked.txt` })).text, 'locked words')
    },
  },
  {
    name: 'what a role may not remove is removed by no list, and by no force on what is above it',
    async run(context) {
      const { folder, as } = await prepared(context)
      const resource = [
        { type: 'file', name: 'locked.txt' },
        { type: 'file', path: `${folder}secret/a.txt` },
        { type: 'folder', name: 'secret' },
      ]
      const headers = { 'content-type': 'application/json' }
      const query = { force: 'true' }
      const body = JSON.stringify({ resource })
      const answer = await context.given({ method: 'DELETE', path: folder, body, headers, query, as })
      for (const item of answer.body.resource) assert.ok(item.error, JSON.stringify(item))
      assert.ok((await context.call({ method: 'DELETE', path: folder, query, as })).status >= 400)
      const moved = JSON.stringify([{ type: 'folder', name: 'away', source_path: folder, delete_source: true }])
      const moving = await context.given({ method: 'POST', path: `${folder}pub/`, body: moved, as })
      assert.ok(moving.body.resource[0].error)
      assert.equal((await pathsIn(context, folder, { full_tree: 'true' })).length, 5)
    },
  },
  {
    name: 'another spelling of a path has the rules of the one',
    async run(context) {
      const { folder, as } = await prepared(context)
      const name = folder.slice(0, -1)
      const spellings = [
        `${name}%2Flocked.txt`,
        `${name}//locked.txt`,
        `${name}/%6cocked.txt`,
        `${name}%2F%2Flocked.txt`,
      ]
      for (const path of spellings) {
        const answer = await context.call({ path, as })
        assert.ok(answer.status >= 400, `${path}: ${answer.text}`)
      }
    },
  },
]
