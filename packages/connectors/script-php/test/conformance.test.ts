import { scriptsConformance } from '@gw/testkit/scripts'
import type from '../src/index.ts'
import { snippets } from './snippets.ts'

await scriptsConformance({ type, snippets })
