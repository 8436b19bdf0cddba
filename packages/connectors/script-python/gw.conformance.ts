/** How this connector is proved: `gw conformance`, and its own tests. */
import { defineConformance } from '@gw/testkit'
import type from './src/index.ts'
import { snippets } from './test/snippets.ts'

export default defineConformance({ type, open: () => ({ scripts: { snippets } }) })
