import { defineConfig } from 'tsup'

export default defineConfig({
  entry: [
    'src/governance.ts',
    ...['migrate', 'admin', 'audit', 'export', 'import', 'keys'].map((name) => `src/commands/${name}.ts`),
  ],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
})
