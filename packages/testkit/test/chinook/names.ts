/**
 * Chinook's names in both spellings. Its PostgreSQL script names things in snake_case: `InvoiceLine` is
 * `invoice_line`. Requests are written for SQLite and mapped; PostgreSQL's answers are mapped back.
 */

/** Every table and column of Chinook, as SQLite spells them. */
const NAMES =
  `Album AlbumId Title ArtistId Artist Name Customer CustomerId FirstName LastName Company Address City State
Country PostalCode Phone Fax Email SupportRepId Employee EmployeeId ReportsTo BirthDate HireDate Genre GenreId Invoice
InvoiceId InvoiceDate BillingAddress BillingCity BillingState BillingCountry BillingPostalCode Total InvoiceLine
InvoiceLineId TrackId UnitPrice Quantity MediaType MediaTypeId Playlist PlaylistId PlaylistTrack Track Composer
Milliseconds Bytes`.split(/\s+/)

const snake = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
const BACK = new Map(NAMES.map((name) => [snake(name), name]))
const KNOWN = new Set(NAMES)

/** Names of relations and aggregates are made of several: `Album_by_ArtistId`, `SUM_Total`. */
const compound = (name: string): string =>
  name
    .split('_')
    .map((part) => (KNOWN.has(part) ? snake(part) : part))
    .join('_')

/** Names in a text that is not data: a path, `fields`, `order`, a filter whose values hold no such word. */
export const toSnake = (text: string): string => text.replace(/\w+/g, compound)

const backOf = (name: string): string => BACK.get(name) ?? name
/** An answer's key: a field's, a relation's, an aggregate's. */
const camelKey = (key: string): string => {
  const aggregate = /^(SUM|COUNT|AVG|MIN|MAX)_(.+)$/.exec(key)
  if (aggregate) return `${aggregate[1]}_${backOf(aggregate[2]!)}`
  const relation = /^(.+)_by_(.+?)(_one)?$/.exec(key)
  return relation ? `${backOf(relation[1]!)}_by_${backOf(relation[2]!)}${relation[3] ?? ''}` : backOf(key)
}

/** Keys whose values are names, too. */
const NAMING: ReadonlySet<string> = new Set(['path', 'ref_table', 'ref_field', '$ref'])

/** The keys of a body, at every depth, and what names something there; values that are data stay. */
export const keysToSnake = (value: unknown): unknown =>
  mapTexts(mapKeys(value, toSnake), (key, text) => (NAMING.has(key) ? toSnake(text) : text))

const LOWER = new Map(NAMES.map((name) => [name.toLowerCase(), name]))

/** Names within a message: those with an underscore, and quoted ones, which some messages put in lower case. */
const inMessage = (text: string): string =>
  text
    .replace(/\b[a-z]+(?:_[a-z]+)+\b/g, camelKey)
    .replace(/(["'])([a-z]+)\1/g, (all, quote, word) => (LOWER.has(word) ? quote + LOWER.get(word) + quote : all))

/**
 * An answer in SQLite's spelling: keys, the names that errors mention, and, in the list of tables, the names listed.
 * What is SQLite's already stays, but for names that a message puts in lower case.
 */
export const toCamel = (value: unknown, listing = false): unknown => {
  const named = listing ? value : mapKeys(value, camelKey)
  return mapTexts(named, (key, text) => {
    if (key === 'message') return inMessage(text)
    return (key === 'name' && listing) || key === 'fields' ? camelKey(text) : text
  })
}

const mapKeys = (value: unknown, map: (key: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [map(key), mapKeys(inner, map)]))
}

const mapTexts = (value: unknown, map: (key: string, text: string) => string, key = ''): unknown => {
  if (typeof value === 'string') return map(key, value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, map, name)]))
}
