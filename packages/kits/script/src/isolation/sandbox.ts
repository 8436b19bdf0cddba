/** How bubblewrap is called: namespaces of everything, nothing of the host but what the interpreter is made of. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs'

export interface Mount {
  /** A file or a folder of the host. */
  readonly from: string
  /** Where the script sees it; by default in the same place. */
  readonly to?: string
}

export interface SandboxOptions {
  readonly mounts: readonly Mount[]
  /** Bytes that the script's own temporary folder may hold. */
  readonly temporary: number
  /** The file descriptor that a filter of system calls is read from. */
  readonly seccomp?: number | undefined
}

/** Nobody, by the numbers of most systems. */
const NOBODY = '65534'
/** What programs are linked with, and what libraries read. None of it is anybody's data. */
const LIBRARIES = ['/usr/lib', '/usr/lib64', '/usr/lib32', '/usr/local/lib', '/usr/share/zoneinfo', '/etc/ld.so.cache']
const LINKED = ['/lib', '/lib64', '/lib32']
const DEVICES = ['/dev/null', '/dev/zero', '/dev/urandom', '/dev/random']

const readOnly = ({ from, to = from }: Mount): readonly string[] => ['--ro-bind', from, to]

/** `/lib` is a link to `usr/lib` on most systems, and a folder on some. */
const linked = (path: string): readonly string[] => {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly({ from: path })
}

/** What stands before the program and its arguments. */
export const sandboxArguments = ({ mounts, temporary, seccomp }: SandboxOptions): readonly string[] => [
  // Also a user's own namespace, in which there can be no further one.
  ...['--unshare-all', '--unshare-user', '--disable-userns', '--uid', NOBODY, '--gid', NOBODY],
  ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv', '--hostname', 'script'],
  ...LIBRARIES.filter((path) => existsSync(path)).flatMap((from) => readOnly({ from })),
  ...LINKED.flatMap(linked),
  ...DEVICES.flatMap((device) => ['--dev-bind', device, device]),
  ...['--perms', '1777', '--size', String(temporary), '--tmpfs', '/tmp'],
  ...mounts.flatMap(readOnly),
  ...['--remount-ro', '/', '--chdir', '/tmp', '--setenv', 'LANG', 'C.UTF-8', '--setenv', 'HOME', '/tmp'],
  ...(seccomp === undefined ? [] : ['--seccomp', String(seccomp)]),
  '--',
]
