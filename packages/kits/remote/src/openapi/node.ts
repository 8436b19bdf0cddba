/** The parts of a document: plain JSON, of which nothing is known to be as it should. */
export type Node = Readonly<Record<string, unknown>>

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const nodeAt = (node: Node, name: string): Node => {
  const value = Object.hasOwn(node, name) ? node[name] : undefined
  return isNode(value) ? value : {}
}

export const listAt = (node: Node, name: string): readonly unknown[] => {
  const value = Object.hasOwn(node, name) ? node[name] : undefined
  return Array.isArray(value) ? value : []
}

export const textAt = (node: Node, name: string): string | undefined => {
  const value = Object.hasOwn(node, name) ? node[name] : undefined
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** References that lead to references: longer chains, and circles, lead nowhere. */
const MAX_HOPS = 16

/** A JSON pointer (RFC 6901) in a fragment, taken apart; `undefined` for a reference out of the document. */
export const pointerOf = (reference: string): readonly string[] | undefined => {
  if (!reference.startsWith('#/')) return undefined
  try {
    return reference
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
  } catch {
    return undefined
  }
}

/**
 * What a node stands for, references followed within the document.
 * @returns `undefined` where there is nothing, or where it stands outside of the document: that is never fetched
 */
export const resolved = (root: Node, node: unknown): Node | undefined => {
  let at = node
  for (let hops = 0; hops <= MAX_HOPS; hops++) {
    if (!isNode(at)) return undefined
    if (typeof at.$ref !== 'string') return at
    let target: unknown = root
    for (const name of pointerOf(at.$ref) ?? ['']) {
      const members: unknown = target
      target =
        typeof members === 'object' && members !== null && Object.hasOwn(members, name)
          ? (members as Node)[name]
          : undefined
    }
    at = target
  }
  return undefined
}
