/** What this host has to keep scripts apart: found out by trying, once. */
import { outputOf, programPath } from './programs.ts'
import { sandboxArguments } from './sandbox.ts'

export interface Isolation {
  /** bubblewrap, where it really works here: it may be installed and user namespaces be forbidden. */
  readonly bwrap?: string | undefined
  /** Limits of memory, files and processes. */
  readonly prlimit?: string | undefined
  /** Others go first. */
  readonly nice?: string | undefined
}

const works = (program: string, args: readonly string[]): Promise<boolean> =>
  outputOf(program, args).then(
    () => true,
    () => false,
  )

const look = async (): Promise<Isolation> => {
  if (process.platform !== 'linux') return {}
  const [bwrap, prlimit, nice, nothing] = ['bwrap', 'prlimit', 'nice', 'true'].map(programPath)
  const tried =
    bwrap !== undefined &&
    nothing !== undefined &&
    (await works(bwrap, [...sandboxArguments({ mounts: [{ from: nothing }], temporary: 1_048_576 }), nothing]))
  return { ...(tried && { bwrap }), prlimit, nice }
}

let found: Promise<Isolation> | undefined

export const hostIsolation = (): Promise<Isolation> => {
  found ??= look()
  return found
}
