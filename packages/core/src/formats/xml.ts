/** XML, read (no DOCTYPE, no entities of its own) and written. */
import { GwError } from '../errors.ts'
import { lazily } from '../lazy.ts'
import { badBody, checkName, MAX_DEPTH, tooDeep } from './guard.ts'
import type { Layout, RowWriter } from './writer.ts'

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const character = (code: number): string => {
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw badBody('The XML body refers to a character that does not exist.')
  }
  return String.fromCodePoint(code)
}

/**
 * Knows XML's five entities and character references, and refuses every other: whatever a DOCTYPE may have
 * declared, nothing can be expanded or fetched.
 */
const decodeEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#(\d+)|#x([\da-f]+)|([^;&\s]*));/gi, (_, decimal, hex, name) => {
        if (decimal) return character(Number.parseInt(decimal, 10))
        if (hex) return character(Number.parseInt(hex, 16))
        const known = PREDEFINED[name]
        if (known === undefined) throw badBody("The XML body uses an entity that isn't one of XML's own five.")
        return known
      })
    : text

const xml = lazily<typeof import('fast-xml-parser')>('fast-xml-parser')
let parser: ReturnType<typeof createParser> | undefined

const createParser = () =>
  new (xml().XMLParser)({
    // Keeps the tree apart from objects until names have been checked.
    preserveOrder: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    trimValues: false,
    jPath: false,
    maxNestedTags: MAX_DEPTH,
    // The library refuses or renames fields called like properties of every object (`prototype`, `toString`), which
    // are ordinary columns here: marked, they pass. No XML name begins with the mark; `checkName` does the refusing.
    transformTagName: (name) => `-${name}`,
    entityDecoder: {
      decode: decodeEntities,
      addInputEntities: () => {},
      setExternalEntities: () => {},
      setXmlVersion: () => {},
      reset: () => {},
    },
  })

type Node = Readonly<Record<string, readonly Node[] | string>>

// A self-closing element is marked twice.
const unmarked = (name: string): string => name.replace(/^-+/, '')

const contentOf = (nodes: readonly Node[]): unknown => {
  let text = ''
  let fields: Record<string, unknown> | undefined
  for (const node of nodes) {
    const [marked, content] = Object.entries(node)[0] ?? ['', '']
    if (typeof content === 'string') {
      text += content
      continue
    }
    const name = unmarked(marked)
    fields ??= {}
    const value = contentOf(content)
    if (!Object.hasOwn(fields, checkName(name))) fields[name] = value
    else {
      const earlier = fields[name]
      // An element never is an array by itself, so an array here is this name's earlier siblings.
      if (Array.isArray(earlier)) earlier.push(value)
      else fields[name] = [earlier, value]
    }
  }
  if (!fields) return text === '' ? null : text
  if (text.trim() !== '') throw badBody('The XML body has text beside elements. Put the text into an element.')
  return fields
}

/** Refuses every declaration. Comments and CDATA sections are passed over: inside them a DOCTYPE is mere text. */
const refuseDoctype = (text: string): void => {
  for (let at = text.indexOf('<!'); at !== -1; at = text.indexOf('<!', at)) {
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : undefined
    if (!end) throw badBody('The XML body has a DOCTYPE or another declaration. These are refused; leave it out.')
    at = text.indexOf(end, at + 4)
    // What is never closed is for the validator to name.
    if (at === -1) return
  }
}

/**
 * Parses XML into an object: the root is dropped unless it is `resource`, repeated siblings are arrays, an empty
 * element is `null`, all other values are strings. Attributes are ignored.
 * @throws {GwError} `invalid_request`; also for a DOCTYPE, unknown entities and deep nesting.
 */
export const parseXml = (text: string): unknown => {
  refuseDoctype(text)
  const valid = xml().XMLValidator.validate(text)
  if (valid !== true) {
    const { line, col } = valid.err
    throw badBody(`The request body isn't valid XML at line ${line}${col ? `, column ${col}` : ''}.`)
  }
  let nodes: readonly Node[]
  try {
    parser ??= createParser()
    nodes = parser.parse(text)
  } catch (error) {
    if (GwError.is(error)) throw error
    if (error instanceof Error && error.message === 'Maximum nested tags exceeded') throw tooDeep()
    throw badBody("The request body isn't XML that can be read as records: a name or a tag in it isn't allowed.")
  }
  const roots = nodes.flatMap((node) => Object.entries(node)).filter(([, content]) => typeof content !== 'string')
  const root = roots[0]
  if (!root || roots.length > 1) throw badBody('The XML body must have one root element.')
  const [name, content] = root as [string, readonly Node[]]
  const value = contentOf(content)
  const body = typeof value === 'string' && value.trim() === '' ? null : value
  return unmarked(name) === 'resource' ? { resource: body } : body
}

// The builder of the reading library gives meaning to some names in the data ('#text', '@_…') and lets others
// through that aren't XML names; rows have arbitrary columns, so writing is done here.
const NAME =
  /^[A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff][\w.\-\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff]*$/
const tagName = (key: string): string => {
  if (NAME.test(key)) return key
  const name = key.replace(/[^\w.\-\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff]/g, '_')
  return NAME.test(name) ? name : `_${name}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNWRITABLE, '\ufffd')
    .replace(/[&<>\r]/g, (mark) => ESCAPES[mark] as string)

const element = (key: string, value: unknown, indent: string): string => {
  if (typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function') {
    return element(key, value.toJSON(), indent)
  }
  const tag = tagName(key)
  if (value === null || value === undefined) return `${indent}<${tag}></${tag}>\n`
  if (typeof value !== 'object') return `${indent}<${tag}>${escaped(String(value))}</${tag}>\n`
  const content = Array.isArray(value) ? items(key, value, `${indent}\t`) : fields(value, `${indent}\t`)
  return content === '' ? `${indent}<${tag}></${tag}>\n` : `${indent}<${tag}>\n${content}${indent}</${tag}>\n`
}

const items = (key: string, values: readonly unknown[], indent: string): string => {
  let text = ''
  for (const value of values) text += element(key, value, indent)
  return text
}

const fields = (record: object, indent: string): string => {
  let text = ''
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined || typeof value === 'function') continue
    text += Array.isArray(value) ? items(key, value, indent) : element(key, value, indent)
  }
  return text
}

const PROLOGUE = '<?xml version="1.0" ?>\n'

/** XML of one value under the root `dfapi`; list items repeat their key. */
export const xmlValue = (value: unknown): string => PROLOGUE + element('dfapi', value, '')

/** Writes a list as XML: each row an element named like the wrapper. `meta` follows the rows. */
export const xmlRows = (layout: Layout): RowWriter => {
  let opening = `${PROLOGUE}<dfapi>\n`
  return {
    row(value) {
      const text = opening + element(layout.wrapper, value, '\t')
      opening = ''
      return text
    },
    end: () => `${opening}${layout.meta ? element('meta', layout.meta, '\t') : ''}</dfapi>\n`,
  }
}
