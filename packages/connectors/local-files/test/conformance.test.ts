import { conformance } from '@gw/testkit'
import { FILES_PROVEN, filesConformance } from '@gw/testkit/files'
import { afterAll } from 'vitest'
import localFiles from '../src/index.ts'
import { testFolder } from './folder.ts'

const folder = await testFolder()
afterAll(() => folder.close())

conformance({
  type: localFiles,
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
  proven: FILES_PROVEN,
})

filesConformance({
  type: localFiles,
  async prepare() {
    const { root, raw, close } = await testFolder()
    return { config: { container: root }, raw, close }
  },
})
