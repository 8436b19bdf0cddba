/** Scripts in JavaScript, run by the Node.js that the gateway itself runs on. */
import { realpathSync } from 'node:fs'
import { defineScriptServiceType } from '@gw/script'

export default defineScriptServiceType({
  name: 'nodejs',
  label: 'Node.js',
  description: 'Runs a script in JavaScript for every call.',
  extensions: ['js', 'cjs', 'mjs'],
  runner: new URL('../runner/runner.cjs', import.meta.url),
  find: async () => ({ program: realpathSync(process.execPath), mounts: [], version: process.version }),
  arguments: (runner, { memory }) => [
    '--permission',
    `--allow-fs-read=${runner}`,
    `--max-old-space-size=${memory}`,
    // Reserving room for WebAssembly would count as memory.
    '--disable-wasm-trap-handler',
    '--no-addons',
    '--no-warnings',
    runner,
  ],
  // V8 reserves 580 MiB for code and for its threads' stacks before a script begins.
  overhead: { by: 'data', memory: 700 },
  restricts: true,
  ranOut: (said) => /heap out of memory|allocation failure|Cannot allocate memory|failed to reserve/i.test(said),
})
