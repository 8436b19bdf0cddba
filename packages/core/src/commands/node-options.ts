/**
 * How Node keeps objects that live shortly. By itself it takes up to 64 MB for them, as soon as there is much to do,
 * and learns from the first megabytes to keep some of them for long from their birth, which a busy import is the wrong
 * teacher for: together a first large import cost 60 to 230 MiB that were never given back.
 *
 * How much garbage may gather among those that live long follows, by itself, from how fast it was collected the last
 * time, by the clock. On a machine that is busy with other things this is slow, and the heap was let grow to more than
 * twice of what was alive in it: an import then cost 70 to 120 MiB.
 */

/**
 * A young generation of two halves of 16 MiB; what is young begins there, whatever was seen before; and the heap is
 * collected when it is half as large again as what was alive in it, however busy the machine is.
 */
export const NODE_OPTIONS: readonly string[] = [
  '--max-semi-space-size=16',
  '--no-allocation-site-pretenuring',
  '--heap-growing-percent=50',
]

const CHOSEN = /--m(?:ax|in)[-_]semi[-_]space[-_]size\b/

/** Whether the operator (or this) has said already how large the young generation is. */
export const isChosen = (given: readonly string[], environment: string | undefined): boolean =>
  [...given, environment ?? ''].some((text) => CHOSEN.test(text))

/**
 * Starts this process anew with these options, in its place: Node reads them only as it starts. The process keeps its
 * id, its streams and its environment. Returns where there is nothing to do: they are set, or the system has no way to
 * replace a process (Windows), or a parent has a channel to this one, which would be lost.
 */
export const restartWithOptions = (): void => {
  const { execPath, execArgv, argv, env, channel } = process
  if (channel || process.platform === 'win32' || !process.execve) return
  if (isChosen(execArgv, env.NODE_OPTIONS)) return
  process.execve(execPath, [execPath, ...NODE_OPTIONS, ...execArgv, ...argv.slice(1)], env)
}
