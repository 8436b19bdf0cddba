/** Installing with the package manager that ran `create`: `pnpm create gw` installs with pnpm. */
import { resolveCommand } from 'package-manager-detector/commands'
import { getUserAgent } from 'package-manager-detector/detect'
import { x } from 'tinyexec'

const manager = () => getUserAgent() ?? 'npm'

/** The command as a person types it. */
export const installCommand = (packages: readonly string[]): string => {
  const { command, args } = resolveCommand(manager(), 'add', [...packages]) ?? { command: 'npm', args: ['install'] }
  return [command, ...args].join(' ')
}

/** Without a shell. @throws Error where it fails: what it said stands above */
export const install = async (folder: string, packages: readonly string[]): Promise<void> => {
  const resolved = resolveCommand(manager(), 'add', [...packages])
  if (resolved === null) throw new Error(`${manager()} has no command to install packages`)
  const { exitCode } = await x(resolved.command, resolved.args, { nodeOptions: { cwd: folder, stdio: 'inherit' } })
  if (exitCode !== 0) throw new Error(`the packages could not be installed. Try again: ${installCommand(packages)}`)
}
