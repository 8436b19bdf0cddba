/**
 * Strong entity tags (RFC 9110 §8.8.3): a hash of the JSON that a caller is answered. What a tag is made of is what
 * that caller may see, so that a tag tells no more than the answer does.
 */
import { hash } from 'node:crypto'

/** 22 characters of base64url: 128 bits, and a bit for luck. */
const OWN = /^"[\w-]{22}(?:\.\w+){0,2}"$/
const TAG = /(W\/)?("[^"]*")/g
const TAGS = /^(?:\s*(?:W\/)?"[^"]*"\s*(?:,|$))+$/
const CODING = /\.(?:br|gzip)"$/

/** @param json the text of the answer, or its UTF-8: equal texts have equal tags, however they came about */
export const entityTag = (json: string | Uint8Array): string => `"${hash('sha256', json, 'base64url').slice(0, 22)}"`

/**
 * The tag of the same content in another form: each form needs a tag of its own, and still says what it is of.
 * @returns `undefined` for a tag that is not of ours
 */
export const variantOf = (tag: string, form: string): string | undefined =>
  OWN.test(tag) ? `${tag.slice(0, -1)}.${form}"` : undefined

/** Whether a header holds `*`, or entity tags and nothing else. */
export const isTagList = (header: string): boolean => header.trim() === '*' || TAGS.test(header)

/** Whether `If-Match` names a record with this tag, in whatever form its JSON was sent. Weak tags never match. */
export const isMatched = (header: string, tag: string): boolean =>
  header.trim() === '*' ||
  [...header.matchAll(TAG)].some(([, weak, known]) => !weak && known!.replace(/\..*"$/, '"') === tag)

/**
 * As what `If-None-Match` names what would be sent, be it compressed or not: the tag that the client knows it by.
 * @returns `undefined` where it does not
 */
export const knownAs = (header: string, tag: string): string | undefined => {
  if (header.trim() === '*') return tag
  for (const [, , known] of header.matchAll(TAG)) if (known!.replace(CODING, '"') === tag) return known
  return undefined
}
