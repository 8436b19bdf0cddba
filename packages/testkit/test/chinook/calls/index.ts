import type { Call } from './call.ts'
import { EDGES } from './edges.ts'
import { GROUPS } from './groups.ts'
import { NESTED } from './nested.ts'
import { READS } from './reads.ts'
import { RELATED } from './related.ts'
import { SCHEMA } from './schema.ts'
import { WRITES } from './writes.ts'

export { type Call, DIFFERENCES } from './call.ts'

/** In this order: the writes change what they find. */
export const CALLS: readonly Call[] = [...READS, ...EDGES, ...GROUPS, ...RELATED, ...WRITES, ...NESTED, ...SCHEMA]
