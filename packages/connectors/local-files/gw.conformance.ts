/** How this connector is proved: `gw conformance`, and its own tests. */
import { defineConformance } from '@gw/testkit'
import localFiles from './src/index.ts'
import { testFolder } from './test/folder.ts'

export default defineConformance({
  type: localFiles,
  async open() {
    const folder = await testFolder()
    return {
      service: {
        config: { container: folder.root },
        invalid: [
          {},
          { container: '' },
          { container: 5 },
          { container: 'a', unknown: 1 },
          { container: 'a', public_path: 1 },
        ],
        unreachable: { container: '/dev/null/nowhere' },
        caseInsensitive: false,
      },
      files: {
        async prepare() {
          const { root, raw, close } = await testFolder()
          return { config: { container: root }, raw, close }
        },
      },
      close: () => folder.close(),
    }
  },
})
