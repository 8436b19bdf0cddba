/** Installs a peer from the npm registry, in a folder of its own: nothing of it is a dependency of the workspace. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { OVERRIDES, VERSIONS } from './versions.ts'

const run = promisify(execFile)
const FOLDER = join(dirname(dirname(import.meta.dirname)), 'results', 'peers')
/** Written last: an installation that broke off is not taken for one. */
const STAMP = 'installed.json'

/** @returns the folder @throws with npm's reason where it can't be had */
export const installPeer = async (name: keyof typeof VERSIONS): Promise<string> => {
  const folder = join(FOLDER, name)
  const manifest = JSON.stringify({
    private: true,
    type: 'module',
    dependencies: VERSIONS[name],
    overrides: OVERRIDES[name] ?? {},
  })
  const stamp = join(folder, STAMP)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), manifest)
  // Scripts build or fetch binaries for other databases; what is measured is JavaScript and what packages carry.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  try {
    await run('npm', args, { cwd: folder, maxBuffer: 2 ** 26 })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error)
    const line = said.split('\n').find((each) => / (E\w+|notarget|network) |code E/.test(each))
    throw new Error(`npm could not install it: ${line?.replace(/^npm error /, '') ?? 'for no readable reason'}`, {
      cause: error,
    })
  }
  writeFileSync(stamp, manifest)
  return folder
}
