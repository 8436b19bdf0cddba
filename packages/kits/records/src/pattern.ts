/** LIKE's patterns: `%` for any text, `_` for one character; no escapes. */

/** Whether a text matches a pattern, case included, in time bounded by the product of their lengths. */
export const matchesPattern = (text: string, pattern: string): boolean => {
  const chars = [...text]
  const parts = [...pattern]
  let at = 0
  let part = 0
  let star = -1
  let retry = 0
  while (at < chars.length) {
    if (parts[part] === '%') {
      star = part++
      retry = at
    } else if (parts[part] === '_' || (part < parts.length && parts[part] === chars[at])) {
      at++
      part++
    } else if (star >= 0) {
      part = star + 1
      at = ++retry
    } else return false
  }
  while (parts[part] === '%') part++
  return part === parts.length
}

const SPECIAL = /[.*+?^${}()|[\]\\/-]/g

/** A pattern as the source of a regular expression whose dot is any character. */
export const patternSource = (pattern: string): string => {
  const parts = pattern.split(/%+/).map((part) => part.replace(SPECIAL, '\\$&').replaceAll('_', '.'))
  return `^${parts.join('.*')}$`
}
