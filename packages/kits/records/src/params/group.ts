/** Where `group` and `having` make sense (the wire contract §2.6). */
import { GwError } from '@gw/core'
import type { RecordsParams } from './query.ts'

/**
 * Refuses `group` and `having` where there are no groups, rather than answer something else than was asked for.
 * @param lists whether the call reads a list
 */
export const checkGrouping = ({ group, having }: RecordsParams, lists: boolean): void => {
  if (!group && !having) return
  if (!lists) throw new GwError('invalid_request', 'The parameters group and having are for reading lists only.')
  if (!group) throw new GwError('invalid_request', 'The parameter having needs group.')
}
