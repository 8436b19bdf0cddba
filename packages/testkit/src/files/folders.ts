/** Folders: made, listed, described, removed. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { type FilesContext, pathsIn, put, refused } from './context.ts'

/** A folder with a file, a folder with a file in it, and an empty one. */
export const tree = async (context: FilesContext): Promise<string> => {
  const folder = await context.folder()
  await context.given({ method: 'POST', path: `${folder}img/` })
  await context.given({ method: 'POST', path: `${folder}void/` })
  await put(context, `${folder}Readme.txt`, 'read me')
  await put(context, `${folder}img/logo.png`, 'logo')
  return folder
}

export const folderChecks: readonly Check<FilesContext>[] = [
  {
    name: 'a listing shows folders with a slash and files with their length, and names from the folder',
    async run(context) {
      const folder = await tree(context)
      const { body, status } = await context.given({ path: folder })
      assert.equal(status, 200)
      const byName = Object.fromEntries(body.resource.map((item: { name: string }) => [item.name, item]))
      assert.deepEqual(Object.keys(byName).sort(), ['Readme.txt', 'img', 'void'])
      const { last_modified, ...file } = byName['Readme.txt']
      assert.deepEqual(file, {
        path: `${folder}Readme.txt`,
        content_type: 'text/plain',
        content_length: 7,
        name: 'Readme.txt',
        type: 'file',
      })
      assert.ok(Math.abs(Date.parse(last_modified) - Date.now()) < 3_600_000, last_modified)
      assert.equal(byName.img.path, `${folder}img/`)
      assert.equal(byName.img.type, 'folder')
      assert.ok(!byName.img.content_length)
    },
  },
  {
    name: 'full_tree goes into every folder, and files, folders, names and keys can be chosen',
    async run(context) {
      const folder = await tree(context)
      const all = [`${folder}Readme.txt`, `${folder}img/`, `${folder}img/logo.png`, `${folder}void/`]
      const paths = await pathsIn(context, folder, { full_tree: 'true' })
      assert.deepEqual([...paths].sort(), all)
      assert.equal(paths.indexOf(`${folder}img/logo.png`), paths.indexOf(`${folder}img/`) + 1)
      assert.deepEqual(await pathsIn(context, folder, { include_folders: 'false' }), [all[0]])
      assert.deepEqual([...(await pathsIn(context, folder, { include_files: 'no' }))].sort(), [all[1], all[3]])
      assert.deepEqual(await pathsIn(context, folder, { full_tree: 'true', search: 'LOGO' }), [all[2]])
      assert.deepEqual(await pathsIn(context, folder, { full_tree: '1', search: 'img' }), [all[1]])
      const { body } = await context.given({ path: folder, query: { fields: 'name,nothing', full_tree: 'yes' } })
      assert.ok(body.resource.some(({ name }: { name: string }) => name === 'img/logo.png'))
      for (const item of body.resource) assert.deepEqual(Object.keys(item), ['name'])
    },
  },
  {
    name: 'what is not one of six words means no: a listing with include_properties=content_type is a listing',
    async run(context) {
      const folder = await tree(context)
      const { body } = await context.given({ path: folder, query: { include_properties: 'content_type' } })
      assert.equal(body.resource.length, 3)
    },
  },
  {
    name: 'include_properties describes the folder itself, without a wrapper',
    async run(context) {
      const folder = await context.folder()
      const { body } = await context.given({ path: folder, query: { include_properties: 'true' } })
      assert.equal(body.name, folder.slice(0, -1))
      assert.equal(body.path, folder)
      const root = await context.given({ path: '', query: { include_properties: 'true' } })
      assert.equal(root.body.path, null)
      await refused(context, { path: `${folder}none/`, query: { include_properties: 'true' } }, 404)
    },
  },
  {
    name: 'an empty folder is an empty list, and a missing one is not found',
    async run(context) {
      const folder = await context.folder()
      assert.deepEqual((await context.given({ path: folder })).body, { resource: [] })
      await refused(context, { path: `${folder}none/` }, 404, /Folder '.*none\/' does not exist in storage/)
    },
  },
  {
    name: 'a folder without its slash is a file that is not there, and a file with one is no folder',
    async run(context) {
      const folder = await tree(context)
      await refused(context, { path: `${folder}img` }, 404, /specified file '.*img' was not found/)
      await refused(context, { path: `${folder}Readme.txt/` }, 404, /does not exist in storage/)
    },
  },
  {
    name: 'folders are made by path and by header, and not twice',
    async run(context) {
      const folder = await context.folder()
      const made = await context.given({ method: 'POST', path: `${folder}a/`, body: '{}' })
      assert.deepEqual([made.status, made.body], [201, { name: 'a', path: `${folder}a/` }])
      const named = await context.given({ method: 'POST', path: folder, headers: { 'x-folder-name': 'b' } })
      assert.deepEqual([named.status, named.body], [201, { name: 'b', path: `${folder}b` }])
      await refused(context, { method: 'POST', path: `${folder}a/` }, 400, /already exists/)
      await refused(context, { method: 'POST', path: '' }, 400, /Invalid empty path/)
      assert.deepEqual([...(await pathsIn(context, folder))].sort(), [`${folder}a/`, `${folder}b/`])
    },
  },
  {
    name: 'the folders above a new one are made where folders are real, and asked for where they are prefixes',
    async run(context) {
      const folder = await context.folder()
      const deep = { method: 'POST', path: `${folder}x/y/z/` }
      if (context.capabilities.folders === 'prefixes') return refused(context, deep, 404, /does not exist/)
      await context.given(deep)
      assert.deepEqual(await pathsIn(context, folder, { full_tree: 'true' }), [
        `${folder}x/`,
        `${folder}x/y/`,
        `${folder}x/y/z/`,
      ])
    },
  },
  {
    name: 'a folder with something in it is removed by force only, and content_only leaves it there',
    async run(context) {
      const folder = await tree(context)
      const status = context.capabilities.folders === 'real' ? 500 : 400
      await refused(context, { method: 'DELETE', path: folder }, status, /force option|contains other files/)
      assert.equal((await pathsIn(context, folder)).length, 3)
      const force = { force: 'true', content_only: 'true' }
      const emptied = await context.given({ method: 'DELETE', path: folder, query: force })
      assert.deepEqual([emptied.status, emptied.body], [200, { name: folder.slice(0, -1), path: folder }])
      assert.deepEqual(await pathsIn(context, folder), [])
      await context.given({ method: 'DELETE', path: folder })
      await refused(context, { path: folder }, 404)
      const again = await tree(context)
      await context.given({ method: 'DELETE', path: again, query: { force: 'true' } })
      await refused(context, { path: again }, 404)
      assert.deepEqual(
        (await context.subject.raw()).filter((name) => name.startsWith(again)),
        [],
      )
    },
  },
  {
    name: 'the root is never removed, and its access list names every folder',
    async run(context) {
      const folder = await tree(context)
      await refused(context, { method: 'DELETE', path: '' }, 400, /No resources given for delete/)
      const { body } = await context.given({ path: '', query: { as_access_list: 'true' } })
      for (const wanted of ['', '*', folder, `${folder}*`, `${folder}img/`, `${folder}img/*`])
        assert.ok(body.resource.includes(wanted), wanted)
    },
  },
  {
    name: 'properties can not be set',
    async run(context) {
      const folder = await tree(context)
      for (const path of ['', folder, `${folder}Readme.txt`])
        await refused(context, { method: 'PATCH', path, body: '{"a":1}' }, 501, /not implemented/)
    },
  },
]
