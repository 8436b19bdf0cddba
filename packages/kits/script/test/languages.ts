/** A language for these tests: the runner of `@gw/script-node`, found in a way of their own. */
import type { ScriptLanguage } from '../src/index.ts'

export const javascript = (own: Partial<ScriptLanguage> = {}): ScriptLanguage => ({
  name: 'nodejs',
  label: 'JavaScript',
  description: 'For tests.',
  extensions: ['js'],
  runner: new URL('../../../connectors/script-node/runner/runner.cjs', import.meta.url),
  find: async () => ({ program: process.execPath, mounts: [], version: process.version }),
  arguments: (runner) => ['--permission', `--allow-fs-read=${runner}`, '--no-warnings', runner],
  overhead: { by: 'data', memory: 700 },
  restricts: true,
  ranOut: (said) => /heap out of memory/.test(said),
  ...own,
})
