import { defineConfig } from 'tsup'

export default defineConfig({
  // The reader is run as a process of its own.
  entry: ['src/index.ts', 'src/reader.ts'],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
})
