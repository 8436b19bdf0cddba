/** Components: the part of a path that access rows name (the wire contract's platform part, §5.2). */

/** A procedure or a function, and what stands before its inline arguments. Elsewhere parentheses belong to a name. */
const INLINE_ARGUMENTS = /^(\/*_(?:proc|func)\/[^(]*)\([^)]*\)?/i

/**
 * The comparable form of a resource path or of a stored component: lower-case, without slashes at either end,
 * without the first parenthesised part behind `_proc/` and `_func/` (the inline arguments of a call).
 */
export const normalizeComponent = (component: string): string => {
  const cut = component.includes('(') ? component.replace(INLINE_ARGUMENTS, '$1') : component
  let start = 0
  let end = cut.length
  while (start < end && cut.charCodeAt(start) === 47) start++
  while (end > start && cut.charCodeAt(end - 1) === 47) end--
  return cut.slice(start, end).toLowerCase()
}

/** Whether a stored component could cover a path template such as `_table/{table_name}`; for docs, never for a call. */
export const coversTemplate = (stored: string, template: string): boolean => {
  const wanted = template.split('/')
  const have = stored.split('/')
  for (let index = 0; index < wanted.length; index++) {
    const segment = have[index]
    if (segment === undefined) return false
    const star = segment.indexOf('*')
    const want = wanted[index] ?? ''
    const placeholder = want.startsWith('{')
    if (star >= 0) return placeholder || want.startsWith(segment.slice(0, star))
    if (!placeholder && segment !== want) return false
  }
  return have.length === wanted.length || have[wanted.length] === '*'
}
