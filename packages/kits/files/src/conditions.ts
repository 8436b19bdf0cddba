/** Conditions of a request on a file (RFC 9110 §13). */
import { type Call, GwError, isMatched, isTagList, knownAs } from '@gw/core'
import { failureOf } from './failure.ts'
import type { FileEntry, WriteCondition } from './store.ts'

const tagsIn = (call: Pick<Call, 'header'>, name: 'if-match' | 'if-none-match'): string | undefined => {
  const header = call.header(name)
  if (header === undefined || header === '') return undefined
  if (isTagList(header)) return header
  throw new GwError('invalid_request', `${name} holds '*', or entity tags in their quotes, separated by commas.`)
}

/** @throws GwError `invalid_request` for what can not be kept */
export const conditionOf = (call: Pick<Call, 'header'>): WriteCondition => ({
  ifMatch: tagsIn(call, 'if-match'),
  ifNoneMatch: tagsIn(call, 'if-none-match'),
})

/**
 * For stores, when they put a file in its place.
 * @param current what is there now
 * @throws GwError `precondition_failed`
 */
export const checkCondition = (condition: WriteCondition, current: Pick<FileEntry, 'etag'> | undefined): void => {
  const { ifMatch, ifNoneMatch } = condition
  if (ifMatch !== undefined && !(current && isMatched(ifMatch, current.etag ?? ''))) throw failureOf('changed')
  if (ifNoneMatch === undefined || !current) return
  if (knownAs(ifNoneMatch, current.etag ?? '') !== undefined) throw failureOf('changed')
}

export const isConditional = ({ ifMatch, ifNoneMatch }: WriteCondition): boolean =>
  ifMatch !== undefined || ifNoneMatch !== undefined

/** HTTP dates have whole seconds. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)
const dateIn = (header: string | undefined): number | undefined => {
  const time = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}

/**
 * What a read is answered, in the order that RFC 9110 §13.2.2 gives. Tags go before dates.
 * @returns the tag that the client knows the file by, where it has it already
 * @throws GwError `precondition_failed`
 */
export const unchanged = (
  call: Pick<Call, 'header'>,
  entry: FileEntry,
): { readonly etag: string | undefined } | undefined => {
  const { ifMatch, ifNoneMatch } = conditionOf(call)
  const modified = entry.modified && seconds(entry.modified)
  if (ifMatch !== undefined) checkCondition({ ifMatch }, entry)
  else {
    const since = dateIn(call.header('if-unmodified-since'))
    if (since !== undefined && modified !== undefined && modified > since) throw failureOf('changed')
  }
  if (ifNoneMatch !== undefined) {
    const etag = knownAs(ifNoneMatch, entry.etag ?? '')
    return etag === undefined ? undefined : { etag: entry.etag && etag }
  }
  const since = dateIn(call.header('if-modified-since'))
  return since !== undefined && modified !== undefined && modified <= since ? { etag: entry.etag } : undefined
}

/** Whether `If-Range` still holds, so that a part may be sent (RFC 9110 §13.1.5): a tag is compared strongly. */
export const isSameRange = (call: Pick<Call, 'header'>, entry: FileEntry): boolean => {
  const header = call.header('if-range')
  if (header === undefined) return true
  if (header.includes('"')) return entry.etag !== undefined && header.trim() === entry.etag
  const date = dateIn(header)
  return date !== undefined && entry.modified !== undefined && seconds(entry.modified) === date
}
