/** What may stand in a header: a line break there would begin another header, or the message itself. */
import { GwError } from '@gw/core'

/** C0 and C1 controls, and the line and paragraph separators of Unicode. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/u

/** Longest header value in characters; RFC 5322 allows lines of 998, which long values are folded into. */
const MAX_HEADER = 2_000

/**
 * @param name the request's key, for the error
 * @throws GwError `invalid_request` where the value could be more than one header's value
 */
export const checkHeader = (name: string, value: string): string => {
  if (CONTROLS.test(value))
    throw new GwError('invalid_request', `'${name}' may not hold line breaks or other control characters.`)
  if (value.length > MAX_HEADER)
    throw new GwError('invalid_request', `'${name}' may have at most ${MAX_HEADER} characters.`)
  return value
}
