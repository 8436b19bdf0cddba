import { defineConfig } from 'tsup'
import manifest from './package.json' with { type: 'json' }

export default defineConfig({
  entry: ['src/bin.ts'],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
  // `npm create` fetches this one package and nothing else.
  noExternal: manifest.bundledDevDependencies.map((name) => new RegExp(`^${name}(?:/|$)`)),
})
