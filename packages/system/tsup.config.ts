import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/governance.ts', 'src/commands/migrate.ts', 'src/commands/admin.ts', 'src/commands/audit.ts'],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
})
