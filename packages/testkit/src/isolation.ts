/** Watches what a function does to the outside world, and what it leaves behind. */
import { createHook } from 'node:async_hooks'
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** What Node calls the operations that reach outside the process. */
const OUTSIDE =
  /^(TCP|TLS|PIPE|UDP|GETADDRINFO|GETNAMEINFO|QUERY|PROCESS|HTTP(CLIENT|INCOMING)|FSREQ|FILEHANDLE|FSEVENT|STATWATCHER|WORKER|Timeout)/

/** Open files of this process by name; `undefined` where the platform does not tell (other than Linux). */
const openFiles = (): readonly string[] | undefined => {
  let descriptors: readonly string[]
  try {
    descriptors = readdirSync('/proc/self/fd')
  } catch {
    return undefined
  }
  return descriptors.flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`)
      return target.startsWith('/proc/') ? [] : [target]
    } catch {
      return []
    }
  })
}

/**
 * Runs `work` and lists what it reached for outside the process.
 *
 * Seen: every asynchronous operation of Node (sockets, DNS, files, processes, workers, timers), also those made by
 * `fetch` and by drivers in JavaScript; files that stay open, also those of native addons (Linux only). Not seen:
 * a synchronous read that closes its file again, and sockets a native addon opens by itself and closes at once.
 *
 * @param work synchronous, as `create` is
 */
export const outsideOperations = <T>(work: () => T): { readonly result: T; readonly operations: readonly string[] } => {
  const operations: string[] = []
  const hook = createHook({
    init: (_id, type) => {
      if (OUTSIDE.test(type)) operations.push(type)
    },
  })
  const before = openFiles()
  hook.enable()
  let result: T
  try {
    result = work()
  } finally {
    hook.disable()
  }
  const left = [...(openFiles() ?? [])]
  for (const file of before ?? []) {
    const at = left.indexOf(file)
    if (at >= 0) left.splice(at, 1)
  }
  if (before) operations.push(...left.map((file) => `open file ${file}`))
  return { result, operations }
}

/** What Node calls the handles that are looked at one by one. */
const HANDLES = /^(TCP|TLS|UDP|Process)/

/**
 * Sockets, servers and processes that keep the process alive, each as itself: by number, one that closes meanwhile
 * would hide one that is left. Node has no other way to them than this one, which it does not document.
 */
const handles = (): readonly object[] => {
  const { _getActiveHandles: all = () => [] } = process as { _getActiveHandles?: () => readonly any[] }
  return all.call(process).filter((one) => HANDLES.test(one?._handle?.constructor?.name ?? ''))
}

/** Requests that keep the process alive, with how many there are of each, and open files (Linux). */
const resources = (): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const files = (openFiles() ?? []).filter((file) => file.startsWith('/') && !file.startsWith('/dev/'))
  // The runner's own timers and pipes come and go.
  const active = process.getActiveResourcesInfo().filter((kind) => /^(FSEvent|FSReq|Worker)/.test(kind))
  for (const name of [...active, ...files]) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

const surplus = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] =>
  [...after].flatMap(([name, count]) => Array<string>(Math.max(0, count - (before.get(name) ?? 0))).fill(name))

/**
 * Runs `work` and lists the handles and open files it left behind. Sockets close in their own time: looks again
 * until nothing is left or the patience (in milliseconds) is at its end.
 */
export const leftBehind = async (work: () => Promise<void>, patience = 2_000): Promise<readonly string[]> => {
  const [before, known] = [resources(), new Set(handles())]
  const look = () => [
    ...handles()
      .filter((one) => !known.has(one))
      .map((one) => String((one as any)._handle?.constructor.name)),
    ...surplus(before, resources()),
  ]
  await work()
  const deadline = Date.now() + patience
  let left = look()
  while (left.length > 0 && Date.now() < deadline) {
    await pause(20)
    left = look()
  }
  return left
}
