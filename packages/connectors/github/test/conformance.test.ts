import { conformance } from '@gw/testkit'
import { REPOSITORIES_PROVEN, repositoriesConformance } from '@gw/testkit/repos'
import { afterAll } from 'vitest'
import github from '../src/index.ts'
import { configOf, startHost } from './emulator.ts'

const host = await startHost()
afterAll(() => host.close())

conformance({
  type: github,
  config: configOf(host),
  invalid: [
    {},
    { vendor: 'octo' },
    { token: 't' },
    { vendor: '', token: 't' },
    { vendor: '../user', token: 't' },
    { vendor: 'octo', token: '' },
    { vendor: 'octo', token: 't', app: { app_id: '1', private_key: 'k' } },
    { vendor: 'octo', app: { app_id: '1' } },
    { vendor: 'octo', token: 't', base_url: 'ftp://github.example' },
    { vendor: 'octo', token: 't', unknown: 1 },
  ],
  unreachable: { vendor: 'octo', token: 't-of-the-other', base_url: 'http://127.0.0.1:2' },
  resources: ['_repo/scripts', '_repo/notes'],
  proven: REPOSITORIES_PROVEN,
})

repositoriesConformance({
  type: github,
  async prepare() {
    const own = await startHost()
    return {
      config: configOf(own),
      repository: 'scripts',
      defaultBranch: 'main',
      other: 'notes',
      close: () => own.close(),
    }
  },
})
