import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/kysely.ts'],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
  // See src/kysely.ts.
  noExternal: ['kysely'],
})
