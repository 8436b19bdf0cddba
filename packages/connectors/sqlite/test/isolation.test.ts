/** The same checks, with its services in processes of their own. */
import { join } from 'node:path'
import { inProcess, prove } from '@gw/testkit'
import conformance from '../gw.conformance.ts'

await prove({ ...conformance, type: inProcess(conformance.type, join(import.meta.dirname, '..')) })
