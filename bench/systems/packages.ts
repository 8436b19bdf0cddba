/** gw as npm gets it: built, packed, and installed from the tarballs into a folder of its own. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { GatewayCode } from './gateway.ts'

const run = promisify(execFile)
const ROOT = dirname(dirname(import.meta.dirname))
const FOLDER = join(ROOT, 'bench/results/built')
/** Written last: an installation that broke off is not taken for one. */
const STAMP = join(FOLDER, 'installed.txt')

/** Of everything that goes into the packages. */
const digest = (): string => {
  const hash = createHash('sha256')
  const files = globSync(
    ['packages/**/src/**', 'packages/**/package.json', 'packages/**/tsup.config.ts', 'pnpm-workspace.yaml'],
    {
      cwd: ROOT,
      exclude: (path) => String(path).includes('node_modules'),
    },
  )
  for (const file of files.toSorted()) {
    if (/\.\w+$/.test(file)) hash.update(file).update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex')
}

/**
 * Builds and installs where the sources have changed since the last time.
 * @param say told what takes its time
 * @throws with what the build or npm said
 */
export const installPackages = async (say: (text: string) => void): Promise<GatewayCode> => {
  const code = { label: 'as npm gets it', script: join(FOLDER, 'node_modules/@gw/core/dist/bin.js'), folder: FOLDER }
  const wanted = digest()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return code
  say('Building gw …')
  await run(process.execPath, ['scripts/build.ts'], { cwd: ROOT })
  rmSync(FOLDER, { recursive: true, force: true })
  const tarballs = join(FOLDER, 'tarballs')
  mkdirSync(tarballs, { recursive: true })
  say('Packing it …')
  const chosen = ['--recursive', '--filter', './packages/**', '--filter', '!./packages/testkit']
  await run('npx', ['-y', 'pnpm@12', ...chosen, 'pack', '--pack-destination', tarballs], {
    cwd: ROOT,
    maxBuffer: 2 ** 26,
  })
  say('Installing it …')
  const files = readdirSync(tarballs).map((file) => join(tarballs, file))
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true, "type": "module" }\n')
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...files], { cwd: FOLDER })
  writeFileSync(STAMP, wanted)
  return code
}
