/** For sources whose tables are made elsewhere: what is remembered beside a table changes, and the table does not. */
import { GwError } from '@gw/core'
import type { SchemaWriter } from './definition.ts'

/** The longest name that is remembered, in bytes. */
const LONGEST_NAME = 255

/** @param label what the source calls itself */
export const rememberingOnly = (label: string): SchemaWriter => {
  const refuse = (): GwError =>
    new GwError(
      'not_supported',
      `This service can not change its tables: ${label}’s are made elsewhere. Aliases, labels, rules and virtual relations can be changed.`,
    )
  return {
    label,
    longestName: LONGEST_NAME,
    transactional: true,
    place() {
      throw refuse()
    },
    async apply() {
      throw refuse()
    },
  }
}
