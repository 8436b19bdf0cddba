import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapesConformance } from '@gw/testkit/scripts'
import type from '../src/index.ts'

const script = readFileSync(join(import.meta.dirname, 'fixtures/escapes.py'), 'utf8')

await escapesConformance({ type, script, least: 100 })
