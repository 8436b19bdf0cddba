/** Everything under a records service: the root, `_table` and `_schema`. */
import type { Endpoint } from '@gw/core'
import type { RecordsOptions, RecordsSource } from '../source.ts'

/**
 * The endpoints of a records service.
 * @param source what rows come from; its catalogue is read on every call, so a refreshed one is seen at once
 * @param options the service's settings, from `recordsOptions(config)`
 */
export const recordsEndpoints = (_source: RecordsSource, _options: RecordsOptions): readonly Endpoint[] => []
