import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/contract.ts', 'src/config.ts', 'src/governance.ts', 'src/kernel.ts', 'src/open.ts', 'src/bin.ts'],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
})
