/** Names that may be given to tables and fields: such as paths, filters and lists of fields can say. */
import { GwError } from '@gw/core'

const NAME = /^[\p{L}_](?:[\p{L}\p{M}\p{N}_$ -]*[\p{L}\p{M}\p{N}_$-])?$/u

/** @param longest in bytes of UTF-8 */
export const checkName = (name: string, what: 'table' | 'field', longest: number): void => {
  if (!NAME.test(name) || name === '__proto__')
    throw new GwError(
      'invalid_request',
      `A ${what} can not be named ${JSON.stringify(name.slice(0, 40))}: a name begins with a letter or an underscore, and goes on with letters, digits, spaces, underscores, hyphens and dollar signs.`,
    )
  if (Buffer.byteLength(name) > longest)
    throw new GwError('invalid_request', `The name of a ${what} may have at most ${longest} bytes.`)
}
