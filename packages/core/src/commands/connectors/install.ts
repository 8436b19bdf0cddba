/** The project's own package manager, found by its lock file or `packageManager`, and run without a shell. */
import { resolveCommand } from 'package-manager-detector/commands'
import { detect } from 'package-manager-detector/detect'
import { x } from 'tinyexec'
import type { Terminal } from '../terminal.ts'

/**
 * Adds packages to a project, or removes them, and shows what the package manager says.
 * @param packages checked names; see `packageSpec`
 * @returns its exit code
 * @throws Error where it can not be started
 */
export const changeDependencies = async (
  { env, print, style }: Terminal,
  root: string,
  change: 'add' | 'uninstall',
  packages: readonly string[],
): Promise<number> => {
  const { agent } = (await detect({ cwd: root })) ?? { agent: 'npm' as const }
  const resolved = resolveCommand(agent, change, [...packages])
  if (resolved === null) throw new Error(`${agent} has no command to change what is installed`)
  const { command, args } = resolved
  print(style('dim', `$ ${[command, ...args].join(' ')}`))
  try {
    // Its own environment is the default; a test hands in one with another registry.
    const { exitCode } = await x(command, args, { nodeOptions: { cwd: root, env: { ...env }, stdio: 'inherit' } })
    return exitCode ?? 1
  } catch (error) {
    throw new Error(`${command} could not be run: is it installed?`, { cause: error })
  }
}
