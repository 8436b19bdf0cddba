import { prove } from '@gw/testkit'
import conformance from '../gw.conformance.ts'

await prove(conformance)
