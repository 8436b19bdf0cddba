/** Names that lead elsewhere, in every spelling: nothing outside the root is read, written, listed or removed. */
import assert from 'node:assert/strict'
import { unzipSync } from 'fflate'
import type { Check } from '../check.ts'
import { randomOf } from '../noninterference/random.ts'
import { archiveOf, unpack } from './archives.ts'
import { callRaw, closeConnections } from './connection.ts'
import { type FilesContext, pathsIn, put } from './context.ts'

// biome-ignore format: reads as a table
const DOTS = [
  '..', '.', '...', '%2e%2e', '%2E%2e', '.%2e', '%2e.', '%252e%252e', '%25252e%25252e', '%c0%ae%c0%ae', '%c0%2e',
  '%e0%80%ae%e0%80%ae', '%u002e%u002e', '．．', '%ef%bc%8e%ef%bc%8e', '․․', '..;', '..;a=b', '.. ', ' ..', '..%20', '..%00', '..%09', '..%0d%0a',
  '..%c0%af', '..%ff', '\u2025', '~', '~root', '$HOME', '%00', '..%5c', '..\\', '....//', '....\\\\', '..%2f', '..%252f',
  '..%255c', '..%c1%9c', '..%u2215', '..∕', '..⁄',
] as const
// biome-ignore format: reads as a table
const SEPARATORS = ['/', '//', '\\', '%2f', '%2F', '%5c', '%5C', '%252f', '%255c', '%c0%af', '%c1%9c', '／', '/./', '/%2e/', '%2f%2f', ';/'] as const
// biome-ignore format: reads as a table
const TARGETS = [
  'outside.txt', 'etc/passwd', 'proc/self/environ', 'proc/self/fd/0', '.gw/state', 'con', 'nul.txt', 'aux', 'com1.txt',
  'outside.txt.', 'outside.txt ', 'outside.txt::$DATA', 'outside.txt%00.png', '.gw-partial-x', 'x'.repeat(300),
] as const
// biome-ignore format: reads as a table
const ROOTS = [
  '/', '//', '\\\\server\\share\\', '//server/share/', 'C:', 'C:\\', 'C:/', 'file:///', '%2f', '%5c%5cserver%5cshare%5c',
  '\\\\?\\C:\\', '\\\\.\\', '/proc/self/root/', '~/', 'a:b/',
] as const

/** Always the same names for the same seed. */
export const hostileNames = (count: number, seed = 20_261): readonly string[] => {
  const { pick, int, one } = randomOf(seed)
  const names = new Set<string>()
  for (const root of ROOTS) for (const target of TARGETS) names.add(root + target)
  for (const dots of DOTS) names.add(dots + pick(SEPARATORS) + pick(TARGETS))
  while (names.size < count) {
    const steps = Array.from({ length: 1 + int(5) }, () => pick(DOTS) + pick(SEPARATORS)).join('')
    names.add((one(3) ? `docs${pick(SEPARATORS)}` : '') + steps + pick(TARGETS))
  }
  return [...names].slice(0, count)
}

/** As far as a name can be sent in a URL at all. */
const inUrl = (name: string): string =>
  name.replace(/[^\x21-\x7e]|[#?\\ ]/g, (character) => encodeURIComponent(character))
const inHeader = (name: string): string | undefined => (/^[\x20-\x7e]+$/.test(name) ? name : undefined)

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Every way in which a name can be given. */
const waysOf = (folder: string, name: string) => {
  const headers = { 'content-type': 'application/json' }
  const post = (resource: object) => ({ method: 'POST', path: folder, body: JSON.stringify([resource]) })
  const header = inHeader(name)
  const plain = decoded(name)
  return [
    { path: inUrl(folder + name) },
    { path: `${inUrl(folder + name)}/` },
    { path: inUrl(folder + name), query: { include_properties: 'true', content: 'true' } },
    { path: `${inUrl(folder + name)}/`, query: { zip: 'true' } },
    { method: 'PUT', path: inUrl(folder + name), body: 'hostile' },
    { method: 'POST', path: `${inUrl(folder + name)}/` },
    { method: 'DELETE', path: inUrl(folder + name), query: { no_check: 'true' } },
    { method: 'DELETE', path: `${inUrl(folder + name)}/`, query: { force: 'true' } },
    ...(header === undefined
      ? []
      : [{ method: 'POST', path: folder, body: 'hostile', headers: { 'x-file-name': header } }]),
    ...(header === undefined ? [] : [{ method: 'POST', path: folder, headers: { 'x-folder-name': header } }]),
    post({ type: 'file', name: plain, content: 'hostile' }),
    post({ type: 'folder', name: plain }),
    post({ type: 'file', name: 'copied', source_path: plain }),
    post({ type: 'folder', name: 'copied', source_path: plain }),
    { method: 'DELETE', path: folder, headers, body: JSON.stringify([{ type: 'file', path: plain }]) },
    {
      method: 'DELETE',
      path: folder,
      headers,
      body: JSON.stringify([{ type: 'folder', name: plain }]),
      query: { force: 'true' },
    },
    unpack(folder, archiveOf({ [plain]: new TextEncoder().encode('hostile') })),
  ]
}

const isOdd = (name: string): boolean => /^\/|\/\/|\\|(?:^|\/)\.{1,2}(?:\/|$)/.test(name) || name.includes('\u0001')

/** `pnpm stress files` asks for more of both. */
const NAMES = Number(process.env.GW_HOSTILE_NAMES ?? 500)
/** Of the ways in which a name can be given, so many are tried with each, by turns. */
const WAYS = Number(process.env.GW_HOSTILE_WAYS ?? 6)

/** What only the outside holds. */
const SECRET = /the words outside|root:.*:0:0:|DREAMFACTORY|PATH=/

export const hostileChecks: readonly Check<FilesContext>[] = [
  {
    name: 'hostile names reach nothing outside of the folder they are given in, by any way in which a name can be given',
    async run(context) {
      const keep = await context.folder()
      await put(context, `${keep}kept.txt`, 'kept')
      const folder = await context.folder()
      const others = async () => (await context.subject.raw()).filter((name) => !name.startsWith(folder))
      const before = await others()
      let calls = 0
      for (const [turn, name] of hostileNames(NAMES).entries()) {
        const ways = waysOf(folder, name)
        const some = ways.map((_, index) => ways[(turn * WAYS + index) % ways.length]!).slice(0, WAYS)
        for (const way of some) {
          const answer = await callRaw(context, way)
          calls += 1
          assert.doesNotMatch(answer.text, SECRET, `${JSON.stringify(name)}: ${JSON.stringify(way)}`)
          assert.ok(
            answer.status !== 500 || /Refusing|Error opening|force option/.test(answer.text),
            `${JSON.stringify(way)}: ${answer.text}`,
          )
        }
      }
      closeConnections()
      assert.ok(calls >= NAMES * Math.min(WAYS, 14))
      assert.deepEqual(await others(), before)
      for (const path of await pathsIn(context, folder, { full_tree: 'true' })) {
        assert.ok(path.startsWith(folder) && !path.split('/').some((part) => part === '..' || part === '.'), path)
        assert.ok(!path.includes('\\'), path)
      }
    },
  },
  {
    name: 'names in the store that are no paths are neither listed, nor exported, nor reached',
    requires: ({ subject }) => (subject.plant ? undefined : 'the store takes no such names'),
    async run(context) {
      const folder = await context.folder()
      const odd = ['../up.txt', 'a/../../up.txt', 'a//b.txt', './c.txt', 'd\\e.txt', 'f\u0001.txt', '..', 'g/./h.txt']
      for (const name of odd) await context.subject.plant!(folder + name, 'odd words')
      await put(context, `${folder}plain.txt`, 'plain')
      const paths = await pathsIn(context, folder, { full_tree: 'true' })
      for (const path of paths) assert.ok(!isOdd(path), path)
      assert.ok(paths.includes(`${folder}plain.txt`))
      const archive = unzipSync((await context.given({ path: folder, query: { zip: 'true' } })).bytes)
      for (const name of Object.keys(archive)) assert.ok(!isOdd(name), name)
    },
  },
]
