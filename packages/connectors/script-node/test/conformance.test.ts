import { conformance } from '@gw/testkit'
import { scriptsConformance } from '@gw/testkit/scripts'
import type from '../src/index.ts'
import { snippets } from './snippets.ts'

conformance({
  type,
  config: { content: snippets.returns, sandbox: 'preferred' },
  invalid: [
    { content: 1 },
    { timeout: 0 },
    { memory_mb: 1 },
    { max_concurrency: 0 },
    { allowed_hosts: 'everywhere' },
    { sandbox: 'none' },
    { unknown: 1 },
  ],
})

scriptsConformance({ type, snippets })
