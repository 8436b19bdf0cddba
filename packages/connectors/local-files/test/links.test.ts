import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EVERYTHING, openGateway, type TestGateway } from '@gw/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRoot, within } from '../src/directory.ts'
import localFiles from '../src/index.ts'
import { type TestFolder, testFolder } from './folder.ts'

let folder: TestFolder
let gateway: TestGateway
beforeEach(async () => {
  folder = await testFolder()
  await mkdir(join(folder.outside, 'secrets'))
  await writeFile(join(folder.outside, 'secrets/a.txt'), 'the words outside')
  gateway = await openGateway({ services: { files: { type: localFiles, config: { container: folder.root } } } })
})
afterEach(async () => {
  await gateway.close()
  await folder.close()
})

const call = async (method: string, path: string, body?: string, query = '') => {
  const response = await gateway.gateway.fetch(
    new Request(`http://gateway.test/api/v2/files/${path}${query}`, {
      method,
      headers: { 'x-dreamfactory-api-key': gateway.governance.keyOf(EVERYTHING) },
      ...(body !== undefined && { body }),
    }),
  )
  return { status: response.status, text: await response.text() }
}
const outside = async () => [
  await readdir(join(folder.outside, 'secrets')),
  await readFile(join(folder.outside, 'secrets/a.txt'), 'utf8'),
  await readFile(join(folder.outside, 'outside.txt'), 'utf8'),
]

describe('a link that leads outside', () => {
  beforeEach(async () => {
    await symlink(join(folder.outside, 'secrets'), join(folder.root, 'folder'))
    await symlink('../outside.txt', join(folder.root, 'file.txt'))
    await symlink('../made-by-a-link.txt', join(folder.root, 'dangling.txt'))
  })

  test('is neither listed, nor read, nor written through, nor entered', async () => {
    const before = await outside()
    expect(JSON.parse((await call('GET', '', undefined, '?full_tree=true')).text)).toEqual({ resource: [] })
    for (const path of ['file.txt', 'folder/a.txt', 'folder/', 'dangling.txt'])
      expect((await call('GET', path)).status, path).toBe(404)
    expect((await call('GET', '', undefined, '?zip=true')).text).not.toContain('words')
    for (const path of ['file.txt', 'folder/a.txt', 'folder/b.txt', 'dangling.txt', 'folder'])
      expect((await call('PUT', path, 'x')).status, path).toBeGreaterThanOrEqual(400)
    expect((await call('POST', 'folder/new/')).status).toBeGreaterThanOrEqual(400)
    for (const path of ['file.txt', 'folder/a.txt']) expect((await call('DELETE', path)).status, path).toBe(404)
    await call('DELETE', 'folder/', undefined, '?force=true')
    expect(await outside()).toEqual(before)
    expect(await readdir(folder.outside)).not.toContain('made-by-a-link.txt')
  })

  test('leads out of a published folder neither to the outside nor to another folder', async () => {
    const published = await openGateway({
      services: { files: { type: localFiles, config: { container: folder.root, public_path: ['open'] } } },
    })
    for (const name of ['open', 'kept']) await mkdir(join(folder.root, name))
    for (const name of ['open/a.txt', 'kept/a.txt']) await writeFile(join(folder.root, name), 'words')
    await symlink('../kept', join(folder.root, 'open/folder'))
    await symlink('../kept/a.txt', join(folder.root, 'open/file.txt'))
    await symlink(join(folder.outside, 'secrets/a.txt'), join(folder.root, 'open/outside.txt'))
    const status = async (path: string) =>
      (await published.gateway.fetch(new Request(`http://gateway.test/files/open/${path}`))).status
    try {
      expect(await status('a.txt')).toBe(200)
      for (const path of ['folder/a.txt', 'file.txt', 'outside.txt']) expect(await status(path), path).toBe(404)
    } finally {
      await published.close()
    }
  })

  test('is removed itself with the folder that it is in, and keeps a folder from counting as empty', async () => {
    const before = await outside()
    await mkdir(join(folder.root, 'in'))
    await symlink(join(folder.outside, 'secrets'), join(folder.root, 'in/folder'))
    expect((await call('DELETE', 'in/')).status).toBe(409)
    expect((await call('DELETE', 'in/', undefined, '?force=true')).status).toBe(200)
    expect(await readdir(folder.root)).not.toContain('in')
    expect(await outside()).toEqual(before)
  })
})

test('a folder that is swapped for a link while calls are under way leads nowhere', async () => {
  const before = await outside()
  const [real, link, name] = ['real', 'link', 'swapped'].map((each) => join(folder.root, each)) as [
    string,
    string,
    string,
  ]
  await mkdir(name)
  await writeFile(join(name, 'a.txt'), 'inside')
  await symlink(join(folder.outside, 'secrets'), link)
  let swapping = true
  /** Calls that found nothing may have made a folder of that name, again and again. */
  const put = async (from: string, to: string): Promise<void> => {
    for (;;) {
      const done = await rename(from, to).then(
        () => true,
        () => false,
      )
      if (done) return
      // While it is being emptied, they may put something into it.
      await rm(to, { recursive: true, force: true }).catch(() => undefined)
    }
  }
  const swap = async () => {
    while (swapping) {
      await put(name, real)
      await put(link, name)
      await put(name, link)
      await put(real, name)
    }
  }
  const swapper = swap()
  const seen = { inside: 0, refused: 0 }
  for (let round = 0; round < 150; round++) {
    const answers = await Promise.all([
      call('GET', 'swapped/a.txt'),
      call('GET', 'swapped/', undefined, '?zip=true'),
      call('PUT', `swapped/w${round % 5}.txt`, 'written'),
      call('POST', `swapped/f${round % 5}/`),
      call('DELETE', `swapped/w${(round + 1) % 5}.txt`),
    ])
    for (const { text } of answers) expect(text).not.toContain('words outside')
    seen[answers[0].status === 200 ? 'inside' : 'refused'] += 1
  }
  swapping = false
  await swapper
  expect(await outside()).toEqual(before)
  // Otherwise nothing was proved.
  expect(seen.inside).toBeGreaterThan(0)
})

test('a pipe in the folder is no file, and holds up nobody', async () => {
  spawnSync('mkfifo', [join(folder.root, 'pipe')])
  expect((await call('GET', 'pipe')).status).toBe(404)
  expect((await call('PUT', 'pipe', 'x')).status).toBe(409)
})

test('a root of the operating system is refused', async () => {
  for (const container of ['/', '/etc', '/proc/self', '/dev/shm/../../etc']) {
    const opening = openGateway({ services: { files: { type: localFiles, config: { container } } } })
    await expect(opening, container).rejects.toThrow(/not allowed/)
  }
  await symlink('/etc', join(folder.root, 'etc'))
  const opening = openGateway({
    services: { files: { type: localFiles, config: { container: join(folder.root, 'etc') } } },
  })
  await expect(opening).rejects.toThrow(/not allowed/)
})

test('where folders are known by their paths, a link is not entered, nor a folder that has become one', async () => {
  await mkdir(join(folder.root, 'in/deep'), { recursive: true })
  await symlink(join(folder.outside, 'secrets'), join(folder.root, 'link'))
  const root = await openRoot(folder.root, 'darwin')
  expect(await within(root, 'in/deep/', async ({ self }) => self)).toBe(join(folder.root, 'in/deep'))
  expect(await within(root, 'link/', async () => 'entered')).toBeUndefined()
  await within(root, 'in/', async (directory) => {
    await rm(join(folder.root, 'in'), { recursive: true })
    await symlink(join(folder.outside, 'secrets'), join(folder.root, 'in'))
    expect(() => directory.at('a.txt')).toThrow(/escapes the storage root/)
  })
})
