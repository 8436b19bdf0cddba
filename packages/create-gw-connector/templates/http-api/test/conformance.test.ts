import { prove } from '@gw/testkit'
import proof from '../gw.conformance.ts'

// The suites that gw's own connectors pass, as `gw conformance` runs them.
await prove(proof)
