/** The folder that is served: found once, and held open. */
import { mkdir, realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { GwError } from '@gw/core'
import { type Directory, openRoot } from './directory.ts'

/** Folders of the operating system, which nobody means to serve. */
const SYSTEM = ['bin', 'sbin', 'lib', 'lib64', 'lib32', 'libx32', 'dev', 'etc', 'proc', 'sys', 'boot'].map(
  (name) => `/${name}`,
)

const isSystem = (path: string): boolean =>
  path === '/' || SYSTEM.some((folder) => path === folder || path.startsWith(`${folder}/`))

export interface Root {
  readonly directory: Directory
  /** Fails where another folder, or none, is at the root's path now. */
  verify(): Promise<void>
}

/** @throws GwError `unavailable` where the folder can not be opened, or is one of the operating system's */
export const rootAt = async (configured: string): Promise<Root> => {
  const refuse = (): never => {
    throw new GwError('unavailable', 'Invalid root directory: a folder of the operating system is not allowed.')
  }
  if (isSystem(configured)) refuse()
  try {
    await mkdir(configured, { recursive: true, mode: 0o775 })
    const path = await realpath(configured)
    if (isSystem(path) || path.split(sep)[1] === '') refuse()
    const { dev, ino } = await stat(path)
    const directory = await openRoot(path)
    return {
      directory,
      async verify() {
        const now = await stat(path).catch(() => undefined)
        if (now?.dev !== dev || now.ino !== ino)
          throw new GwError('unavailable', 'The folder of this service is not there any more.')
      },
    }
  } catch (error) {
    if (GwError.is(error)) throw error
    throw new GwError(
      'unavailable',
      'The folder of this service can not be opened. Check that it is there, and its rights.',
      {
        cause: error,
      },
    )
  }
}
