/** The test file that `gw conformance` runs: the definition of whatever package it was told of. */
import { pathToFileURL } from 'node:url'
import { inject } from 'vitest'
import type { ConformanceDefinition } from './definition.ts'
import { prove } from './prove.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Absolute path of a `gw.conformance.*`. */
    gwConformance: string
  }
}

const file = inject('gwConformance')
const { default: definition } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
  default?: ConformanceDefinition
}
if (typeof definition?.open !== 'function' || typeof definition.type?.create !== 'function')
  throw new Error('It has no default export of defineConformance({ type, open }).')
await prove(definition)
