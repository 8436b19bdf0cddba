/** All of them, in the order in which they are to be run: the last ones change the table that is read. */
import type { Proof } from '../proof.ts'
import { exporting } from './exporting.ts'
import { importing } from './importing.ts'
import { leaving } from './leaving.ts'
import { walking } from './walking.ts'

export const PROOFS: readonly Proof[] = [...exporting, ...importing, ...leaving, ...walking]
