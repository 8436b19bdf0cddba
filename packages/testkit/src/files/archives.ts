/** Folders as archives, and archives as folders. */
import assert from 'node:assert/strict'
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate'
import type { Check } from '../check.ts'
import { ARCHIVES, type FilesContext, pathsIn, put, refused } from './context.ts'
import { tree } from './folders.ts'

export const archiveOf = (files: Zippable): Uint8Array<ArrayBuffer> => zipSync(files) as Uint8Array<ArrayBuffer>

export const unpack = (folder: string, body: Uint8Array<ArrayBuffer>, query = {}) => ({
  method: 'POST',
  path: `${folder}archive.zip`,
  body,
  query: { extract: 'true', ...query },
  headers: { 'content-type': 'application/zip' },
})

/** The sizes in the directory of an archive with one entry, made small: what is in it is more than it says. */
const lying = (archive: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const copy = Buffer.from(archive)
  const directory = copy.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
  copy.writeUInt32LE(10, directory + 24)
  return new Uint8Array(copy)
}

export const archiveChecks: readonly Check<FilesContext>[] = [
  {
    name: 'a folder is sent as an archive of everything in it, empty folders included',
    async run(context) {
      const folder = await tree(context)
      const { headers, bytes } = await context.given({ path: folder, query: { zip: 'true' } })
      assert.equal(headers.get('content-type'), 'application/zip')
      assert.equal(headers.get('content-disposition'), `attachment; filename=${folder.slice(0, -1)}.zip`)
      const entries = unzipSync(bytes)
      const base = context.capabilities.folders === 'real' ? folder : ''
      assert.deepEqual(Object.keys(entries).sort(), [`${base}Readme.txt`, `${base}img/logo.png`, `${base}void/`])
      assert.equal(strFromU8(entries[`${base}img/logo.png`]!), 'logo')
      await refused(context, { path: `${folder}none/`, query: { zip: 'true' } }, 404)
      assert.ok(Object.keys(unzipSync((await context.given({ path: '', query: { zip: '1' } })).bytes)).length > 0)
    },
  },
  {
    name: 'an archive is unpacked into the folder it is sent to, and what is there is overwritten or, with clean, removed',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}old.txt`, 'old')
      await put(context, `${folder}a.txt`, 'before')
      const archive = archiveOf({ 'a.txt': strToU8('a'), 'in/deep/b.txt': strToU8('b'), 'empty/': new Uint8Array() })
      const { status, body } = await context.given(unpack(folder, archive))
      assert.deepEqual([status, body], [201, { name: folder.slice(0, -1), path: folder, type: 'file' }])
      const unpacked = ['a.txt', 'empty/', 'in/', 'in/deep/', 'in/deep/b.txt'].map((name) => folder + name)
      const all = { full_tree: 'true' }
      assert.deepEqual([...(await pathsIn(context, folder, all))].sort(), [...unpacked, `${folder}old.txt`].sort())
      assert.equal((await context.given({ path: `${folder}a.txt` })).text, 'a')
      await context.given(unpack(folder, archive, { clean: 'true' }))
      assert.deepEqual([...(await pathsIn(context, folder, all))].sort(), unpacked)
      await put(context, `${folder}kept.zip`, archive)
      assert.ok((await context.given({ path: `${folder}kept.zip` })).bytes.equals(archive))
    },
  },
  {
    name: 'an archive with a name, a kind or a size that is refused is not unpacked at all',
    async run(context) {
      const folder = await context.folder()
      const text = strToU8('x')
      const evil = ['../x', 'a/../../x', '/x', 'C:/x', 'a/%2e%2e/%2e%2e/x', 'a\\..\\..\\x', './x', 'a//x', 'a/./x']
      for (const name of evil)
        await refused(
          context,
          unpack(folder, archiveOf({ 'first.txt': text, [name]: text })),
          500,
          /Refusing to extract/,
        )
      const link = archiveOf({ 'first.txt': text, link: [strToU8('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] })
      await refused(context, unpack(folder, link), 400, /links/)
      await refused(context, unpack(folder, strToU8('no archive') as Uint8Array<ArrayBuffer>), 500, /Error opening/)
      assert.deepEqual(await pathsIn(context, folder), [])
      const big = lying(archiveOf({ 'big.txt': new Uint8Array(100_000) }))
      assert.ok((await context.call(unpack(folder, big))).status >= 400)
      assert.deepEqual(await pathsIn(context, folder), [])
    },
  },
  {
    name: 'an archive that holds more than the service unpacks is refused by what it says of itself',
    async run(context) {
      const folder = await context.folder()
      const many = Object.fromEntries(
        Array.from({ length: ARCHIVES.max_extracted_files + 1 }, (_, index) => [`f${index}`, new Uint8Array()]),
      )
      await refused(context, unpack(folder, archiveOf(many)), 413, /entries/)
      const copy = Buffer.from(archiveOf({ 'big.txt': new Uint8Array(10) }))
      copy.writeUInt32LE(0x7fffffff, copy.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24)
      await refused(context, unpack(folder, new Uint8Array(copy)), 413, /bytes/)
      assert.deepEqual(await pathsIn(context, folder), [])
    },
  },
]
