/** A folder for one suite, with something beside it that nobody may reach. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestFolder {
  /** The folder that is served. */
  readonly root: string
  /** What is beside it. */
  readonly outside: string
  /** Everything in it, and everything beside it, with a slash in front. */
  raw(): Promise<readonly string[]>
  close(): Promise<void>
}

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1) + (entry.isDirectory() ? '/' : ''))
    .sort()

export const testFolder = async (): Promise<TestFolder> => {
  const above = await mkdtemp(join(tmpdir(), 'gw-local-files-'))
  const root = join(above, 'root')
  await mkdir(root)
  await writeFile(join(above, 'outside.txt'), 'the words outside')
  return {
    root,
    outside: above,
    async raw() {
      const beside = (await readdir(above)).filter((name) => name !== 'root').map((name) => `/${name}`)
      return [...(await namesIn(root)), ...beside]
    },
    close: () => rm(above, { recursive: true, force: true }),
  }
}
