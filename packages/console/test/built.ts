/** Builds the app before its tests, where a source is newer than what was built. */
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

const ROOT = join(import.meta.dirname, '..')
export const APP = join(ROOT, 'dist/app')
const SOURCES = ['src/**/*', 'public/*', 'index.html', 'vite.config.ts', 'package.json']

const newest = (patterns: readonly string[], cwd: string): number =>
  Math.max(0, ...globSync(patterns, { cwd }).map((file) => statSync(join(cwd, file)).mtimeMs))

export default async (): Promise<void> => {
  const page = join(APP, 'index.html')
  const builtAt = existsSync(page) ? statSync(page).mtimeMs : 0
  if (newest(SOURCES, ROOT) <= builtAt) return
  // vitest's own mode would put React's development build in.
  process.env.NODE_ENV = 'production'
  await build({ root: ROOT, mode: 'production', logLevel: 'warn' })
}
