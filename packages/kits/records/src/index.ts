export type { BatchMode } from './batch.ts'
export { type CacheOptions, cachedSource } from './cache.ts'
export { cast } from './cast.ts'
export * from './catalog.ts'
export { type CatalogCache, catalogCache, type Introspected } from './catalog-cache.ts'
export { cacheOptions, PAGE_CEILING, type RecordsConfig, recordsConfigShape, recordsOptions } from './config.ts'
export { mayHear } from './describe.ts'
export { recordsCollections } from './endpoints/collection.ts'
export { recordsEndpoints } from './endpoints/index.ts'
export { type Collection, callWith } from './endpoints/place.ts'
export { clockValue } from './execute/clock.ts'
export { recordsExplanation } from './explain/index.ts'
export { withExtras } from './extras/decorate.ts'
export type { Expression } from './extras/expression.ts'
export type { FunctionSignature, Signatures } from './extras/functions.ts'
export { type ExtrasStore, extrasStore } from './extras/store.ts'
export {
  type Asker,
  type Constraint,
  FAILURES,
  type Failure,
  type FailureContext,
  failureError,
  failuresOf,
  guard,
  type Known,
  NOBODY,
  type Reason,
} from './failure.ts'
export { FILTER_LIMITS, parseFilter } from './filter/parse.ts'
export { type Filter, type FilterValue, type Match, type ParsedFilter, printFilter } from './filter/tree.ts'
export { openFields } from './open-fields.ts'
export { patternSource } from './pattern.ts'
export * from './plan.ts'
export { type Relation, relationsOf } from './relations.ts'
export { recordsCanonical, recordsResources, routineResources } from './resources.ts'
export { parameterField } from './routines/choose.ts'
export * from './routines/routine.ts'
export * from './schema/definition.ts'
export { rememberingOnly } from './schema/remembering.ts'
export { type OpenedSource, recordsService } from './service.ts'
export * from './source.ts'
export { tracedSource } from './spans.ts'
export { chunksOf, flatMapInTurns } from './turns.ts'
