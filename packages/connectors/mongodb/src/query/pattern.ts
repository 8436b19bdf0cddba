/** LIKE's patterns as regular expressions. */

const SPECIAL = /[.*+?^${}()|[\]\\/-]/g

/** `%` is any text, `_` one character, everything else itself. Case counts as little as the contract has it (§10.1). */
export const likePattern = (pattern: string): string => {
  const parts = pattern.split(/%+/).map((part) => part.replace(SPECIAL, '\\$&').replaceAll('_', '.'))
  return `^${parts.join('.*')}$`
}
