/** Paths of a document as gw has them, and back: a segment of gw is a text or one placeholder. */

export interface Segment {
  /** As the document writes it. */
  readonly text: string
  /** The placeholder that stands for it in gw. */
  readonly name?: string
  /** Texts around and between the document's own placeholders, and their names, where there is more to it than one. */
  readonly pattern?: { readonly texts: readonly string[]; readonly names: readonly string[] }
  /** Takes the rest of the path, slashes included. */
  readonly rest?: boolean
}

export interface ApiPath {
  /** In gw's syntax. */
  readonly path: `/${string}`
  readonly segments: readonly Segment[]
  /** Whether the service's own path ends in a slash. */
  readonly trailingSlash: boolean
}

const identifier = (text: string): string => text.replace(/\W+/g, '_').replace(/^(\d)/, '_$1') || 'value'

/**
 * Turns a document's path round. `{base}...{head}` becomes one placeholder, `{issue-id}` one with a name that gw takes.
 * @param isRest whether a placeholder in last place stands for several segments
 */
export const apiPath = (documented: string, isRest: (name: string) => boolean): ApiPath => {
  const plain = documented.split(/[?#]/, 1)[0] ?? ''
  const taken = new Set<string>()
  const unique = (wanted: string): string => {
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`
    taken.add(name)
    return name
  }
  const texts = plain.split('/').filter((text) => text !== '')
  const segments = texts.map((text, index): Segment => {
    const parts = text.split(/\{([^{}]+)\}/)
    if (parts.length === 1) return { text }
    const names = parts.filter((_, at) => at % 2 === 1)
    const name = unique(identifier(names.join('_')))
    if (parts.length === 3 && parts[0] === '' && parts[2] === '')
      return { text, name, ...(index === texts.length - 1 && isRest(names[0]!) && { rest: true }) }
    return { text, name, pattern: { texts: parts.filter((_, at) => at % 2 === 0), names } }
  })
  const path = segments.map(({ text, name, rest }) => (name ? `{${name}${rest ? '*' : ''}}` : text)).join('/')
  return { path: `/${path}`, segments, trailingSlash: plain.length > 1 && plain.endsWith('/') }
}

/** Whether a value of such a segment has the texts that it must have, with something between them. */
export const fits = (texts: readonly string[], value: string): boolean => {
  const [first = '', ...others] = texts
  if (!value.startsWith(first)) return false
  let at = first.length
  for (const [index, text] of others.entries()) {
    const found = index === others.length - 1 ? value.length - text.length : value.indexOf(text, at + 1)
    if (found <= at || !value.endsWith(others.at(-1) ?? '')) return false
    at = found + text.length
  }
  return true
}

/** Percent-encodes everything but RFC 3986's unreserved characters. */
export const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

/** The service's path for a call, percent-encoded, with a slash before it. */
export const filledPath = ({ segments, trailingSlash }: ApiPath, params: Readonly<Record<string, string>>): string => {
  const filled = segments.map(({ text, name, rest }) => {
    if (name === undefined) return encodeSegment(text)
    const value = params[name] ?? ''
    return rest ? value.split('/').map(encodeSegment).join('/') : encodeSegment(value)
  })
  return `/${filled.join('/')}${trailingSlash ? '/' : ''}`
}
