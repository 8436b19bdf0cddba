/** An OpenAPI (3.0, 3.1) or Swagger (2.0) document: read, and what it says of the service as a whole. */
import { parse as parseYaml } from 'yaml'
import { isNode, listAt, type Node, nodeAt, textAt } from './node.ts'

export interface ApiDocument {
  readonly root: Node
  readonly version: '2.0' | '3.0' | '3.1'
  /** Where the service is, where the document says so: an absolute URL without a slash at its end. */
  readonly server: string | undefined
}

/** Characters; GitHub's whole description has 12 million. */
const MAX_LENGTH = 32 * 1024 * 1024
/** YAML aliases that are followed: a short text with many of them would become a huge document. */
const MAX_ALIASES = 1_000

const read = (text: string): unknown => {
  if (text.length > MAX_LENGTH) throw new Error(`It is longer than ${MAX_LENGTH} characters, which is the most.`)
  if (/^\s*\{/.test(text)) return JSON.parse(text)
  return parseYaml(text, { maxAliasCount: MAX_ALIASES, schema: 'core', merge: false, logLevel: 'error' })
}

const versionOf = (root: Node): ApiDocument['version'] | undefined => {
  if (String(root.swagger) === '2.0' || root.swagger === 2) return '2.0'
  const version = /^3\.([01])(\.|$)/.exec(String(root.openapi))?.[1]
  return version === undefined ? undefined : version === '0' ? '3.0' : '3.1'
}

const filled = (url: string, variables: Node): string =>
  url.replace(/\{([^{}]+)\}/g, (whole, name: string) => textAt(nodeAt(variables, name), 'default') ?? whole)

const serverOf = (root: Node, version: ApiDocument['version']): string | undefined => {
  const server = listAt(root, 'servers').find(isNode)
  const host = textAt(root, 'host')
  const scheme = listAt(root, 'schemes').find((one) => one === 'http' || one === 'https') ?? 'http'
  const url =
    version === '2.0'
      ? host && `${scheme}://${host}${textAt(root, 'basePath') ?? ''}`
      : server && filled(textAt(server, 'url') ?? '', nodeAt(server, 'variables'))
  return url && /^https?:\/\//i.test(url) && URL.canParse(url) ? url.replace(/\/+$/, '') : undefined
}

/**
 * Reads a document.
 * @param source its text, JSON or YAML, or its parsed value
 * @throws Error that says what it is not; nothing of the text is in it
 */
export const openDocument = (source: string | object): ApiDocument => {
  let root: unknown
  try {
    root = typeof source === 'string' ? read(source) : source
  } catch (cause) {
    throw new Error('The API description is neither JSON nor YAML that can be read.', { cause })
  }
  const version = isNode(root) ? versionOf(root) : undefined
  if (!isNode(root) || !version)
    throw new Error('The API description is not OpenAPI 3.0 or 3.1, nor Swagger 2.0: it has no version that is known.')
  return { root, version, server: serverOf(root, version) }
}
