/** How this connector is proved: `gw conformance`, and its own tests. The host is an emulator of GitHub's. */
import { defineConformance } from '@gw/testkit'
import github from './src/index.ts'
import { configOf, startHost } from './test/emulator.ts'

export default defineConformance({
  type: github,
  async open() {
    const host = await startHost()
    return {
      service: {
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
      },
      repositories: {
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
      },
      close: () => host.close(),
    }
  },
})
