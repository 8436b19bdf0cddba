import { defineConfig } from 'tsup'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/records/index.ts',
    'src/sql/index.ts',
    'src/email/index.ts',
    'src/files/index.ts',
    'src/repos/index.ts',
    'src/scripts/index.ts',
    'src/noninterference/index.ts',
    'src/remote/index.ts',
    'src/conformance/command.ts',
    'src/conformance/proof.ts',
  ],
  format: 'esm',
  dts: false,
  clean: true,
  sourcemap: true,
  target: 'node22',
})
