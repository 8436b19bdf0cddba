import { defineConfig } from 'tsup'
import manifest from './package.json' with { type: 'json' }

export default defineConfig({
  entry: [
    'src/contract.ts',
    'src/config.ts',
    'src/governance.ts',
    'src/kernel.ts',
    'src/open.ts',
    'src/bin.ts',
    'src/isolation/child.ts',
  ],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
  // Libraries of many small files: loading them took a fifth of a start. Those whose types others see, or that are
  // others' peers, are dependencies besides.
  noExternal: ['commander', 'hono', ...manifest.bundledDevDependencies].map((name) => new RegExp(`^${name}(?:/|$)`)),
})
