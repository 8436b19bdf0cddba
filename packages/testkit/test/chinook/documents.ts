/** Chinook as documents, from its JSON: what each collection is told of itself, and which calls it can not answer alike. */
import { readFileSync } from 'node:fs'
import { type Db, Decimal128, type Document, MongoClient } from 'mongodb'
import type { Address } from '../fixtures/backends.ts'
import { type Call, call, get } from './calls/call.ts'
import { CHANGES } from './calls/writes.ts'

type Rows = Readonly<Record<string, readonly Document[]>>

/** The field that becomes a collection's `_id`. A track of a playlist has none of its own. */
const keyOf = (table: string): string | undefined => (table === 'PlaylistTrack' ? undefined : `${table}Id`)
const MONEY = new Set(['UnitPrice', 'Total'])
const isDate = (name: string): boolean => name.endsWith('Date')

const bsonOf = (name: string, value: unknown): unknown => {
  // Where the scripts have NULL, the JSON has an empty text.
  if (value === null || value === '') return null
  if (MONEY.has(name)) return Decimal128.fromString(String(value))
  return isDate(name) ? new Date(`${value}Z`) : value
}
const documentOf = (table: string, row: Document): Document =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name === keyOf(table) ? '_id' : name, bsonOf(name, value)]),
  )

/** The least that a validator says: types, and what is never null. */
const validatorOf = (documents: readonly Document[]): Document => {
  const names = Object.keys(documents[0]!)
  const typeOf = (name: string): string => {
    const value = documents.map((document) => document[name]).find((one) => one !== null)
    if (value instanceof Decimal128) return 'decimal'
    if (value instanceof Date) return 'date'
    return typeof value === 'number' ? 'int' : 'string'
  }
  const required = names.filter((name) => documents.every((document) => document[name] !== null))
  const optional = (name: string): boolean => !required.includes(name)
  return {
    $jsonSchema: {
      bsonType: 'object',
      required,
      additionalProperties: false,
      properties: Object.fromEntries(
        names.map((name) => [name, { bsonType: optional(name) ? [typeOf(name), 'null'] : typeOf(name) }]),
      ),
    },
  }
}

export const fillChinook = async (db: Db, file: string): Promise<void> => {
  const data: Rows = JSON.parse(readFileSync(file, 'utf8'))
  for (const [table, rows] of Object.entries(data)) {
    const documents = rows.map((row) => documentOf(table, row))
    const collection = await db.createCollection(table, { validator: validatorOf(documents) })
    for (let at = 0; at < documents.length; at += 1_000) await collection.insertMany(documents.slice(at, at + 1_000))
  }
}

export const chinookDocuments = async (server: Address, database: string, file: string) => {
  const client = new MongoClient(`mongodb://${server.host}:${server.port}/?directConnection=true`)
  const db = client.db(database)
  await fillChinook(db, file)
  return {
    // The validators say all there is, and mongo-java-server now and then fails to sort the samples that it draws.
    service: { type: 'mongodb', config: { host: server.host, port: server.port, database, sample_size: 0 } },
    async drop() {
      await db.dropDatabase()
      await client.close()
    },
  }
}

/** What is remembered of Chinook beside its documents: their keys' names, and what refers to what. */
const KEYED = [
  'Album',
  'Artist',
  'Customer',
  'Employee',
  'Genre',
  'Invoice',
  'InvoiceLine',
  'MediaType',
  'Playlist',
  'Track',
]
const REFERENCES: readonly (readonly [table: string, field: string, other: string])[] = [
  ['Album', 'ArtistId', 'Artist'],
  ['Track', 'AlbumId', 'Album'],
  ['Track', 'GenreId', 'Genre'],
  ['Track', 'MediaTypeId', 'MediaType'],
  ['Customer', 'SupportRepId', 'Employee'],
  ['Employee', 'ReportsTo', 'Employee'],
  ['Invoice', 'CustomerId', 'Customer'],
  ['InvoiceLine', 'InvoiceId', 'Invoice'],
  ['InvoiceLine', 'TrackId', 'Track'],
  ['PlaylistTrack', 'PlaylistId', 'Playlist'],
  ['PlaylistTrack', 'TrackId', 'Track'],
]
const relation = (
  table: string,
  type: string,
  field: string,
  other: string,
  otherField: string,
  more: object = {},
): Call => ({
  method: 'POST',
  path: `_schema/${table}/_related`,
  body: { resource: [{ type, field, ref_table: other, ref_field: otherField, ...more }] },
})
const listed = (field: string, other: string) => ({
  junction_table: 'PlaylistTrack',
  junction_field: field,
  junction_ref_field: other,
})

export const REMEMBERED: readonly Call[] = [
  ...KEYED.map(
    (table): Call => ({
      method: 'PATCH',
      path: `_schema/${table}`,
      body: { field: [{ name: '_id', alias: keyOf(table) }] },
    }),
  ),
  ...REFERENCES.flatMap(([table, field, other]) => [
    // Both directions of a reference to itself would have one name.
    ...(table === other ? [] : [relation(table, 'belongs_to', field, other, keyOf(other)!)]),
    relation(other, 'has_many', keyOf(other)!, table, field),
  ]),
  relation('Playlist', 'many_many', 'PlaylistId', 'Track', 'TrackId', listed('PlaylistId', 'TrackId')),
  relation('Track', 'many_many', 'TrackId', 'Playlist', 'PlaylistId', listed('TrackId', 'PlaylistId')),
]

const textOf = (date: Date): string => date.toISOString().replace('T', ' ').replace('.000Z', '')

/** An answer without what is a document's own: its `_id` where the table has no such column, and Extended JSON. */
export const asRow = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asRow)
  if (typeof value !== 'object' || value === null) return value
  const { $numberDecimal, $date } = value as {
    readonly $numberDecimal?: string
    readonly $date?: string | { readonly $numberLong: string }
  }
  if ($numberDecimal !== undefined) return Number($numberDecimal)
  if ($date !== undefined)
    return textOf(typeof $date === 'string' ? new Date($date) : new Date(Number($date.$numberLong)))
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (name === '_id' ? [] : [[name, asRow(one)]])),
  )
}

/** Writes that say the keys of what they make: no collection counts any up. */
export const DOCUMENT_WRITES: readonly Call[] = [
  call('POST', 'Artist', {
    resource: [
      { ArtistId: 276, Name: 'Nina' },
      { ArtistId: 277, Name: "Sin\u00e9ad O'Connor" },
    ],
  }),
  call('POST', 'Artist', [{ ArtistId: 278, Name: 'Ella' }], { query: { fields: '*' } }),
  get('Artist', { filter: 'ArtistId > 275', order: 'ArtistId' }),
  call('POST', 'Genre', [{ GenreId: 1, Name: 'Rock again' }], { status: 400 }),
  call('POST', 'Track', [{ TrackId: 9000, Name: 'No media type', AlbumId: 1 }], { status: 400 }),
  ...CHANGES,
  call(
    'POST',
    'PlaylistTrack',
    [
      { PlaylistId: 18, TrackId: 1 },
      { PlaylistId: 18, TrackId: 2 },
    ],
    { query: { fields: 'PlaylistId,TrackId' } },
  ),
  call('DELETE', 'PlaylistTrack', undefined, {
    query: { filter: 'PlaylistId = 18 AND TrackId = 1', fields: 'PlaylistId,TrackId' },
    differs: 'order',
  }),
  get('PlaylistTrack', { filter: 'PlaylistId = 18', order: 'TrackId' }),
  call('DELETE', 'Artist/278', undefined, { query: { fields: '*' } }),
  call('DELETE', 'Artist', undefined, { query: { ids: '276,277' } }),
  call('DELETE', 'Artist', undefined, { query: { ids: '99998,277', continue: true }, status: 400 }),
  call('DELETE', 'InvoiceLine', undefined, {
    query: { filter: 'InvoiceId = 1', fields: 'InvoiceLineId' },
    differs: 'order',
  }),
  call('DELETE', 'Artist', undefined, { status: 400 }),
  get('Artist', { filter: 'ArtistId >= 275', order: 'ArtistId' }),
  get('InvoiceLine', { filter: 'InvoiceId <= 2', order: 'InvoiceLineId' }),
]

/** Filters as JSON, and the same in the grammar that every source takes. */
export const JSON_FILTERS: readonly (readonly [table: string, json: object, text: string])[] = [
  ['Customer', { Country: 'Brazil' }, "Country = 'Brazil'"],
  ['Customer', { $or: [{ Company: null }, { Country: 'USA' }] }, "(Company is null) OR (Country = 'USA')"],
  ['Customer', { Company: { $ne: null }, CustomerId: { $lte: 20 } }, '(Company is not null) AND (CustomerId <= 20)'],
  ['Customer', { Email: { $regex: '@gmail\\.com$' } }, "Email like '%@gmail.com'"],
  ['Employee', { $nor: [{ Title: { $regex: '^sales', $options: 'i' } }] }, "NOT (Title like 'Sales%')"],
  ['Employee', { ReportsTo: { $in: [null, 1] } }, '(ReportsTo is null) OR (ReportsTo = 1)'],
  [
    'Track',
    { UnitPrice: { $gt: { $numberDecimal: '0.99' } }, Milliseconds: { $not: { $gte: 2_000_000 } } },
    '(UnitPrice > 0.99) AND (Milliseconds < 2000000)',
  ],
  [
    'Invoice',
    { InvoiceDate: { $gte: { $date: '2024-06-01T00:00:00Z' } }, BillingCountry: { $nin: ['USA', 'Canada'] } },
    "(InvoiceDate >= '2024-06-01') AND (BillingCountry NOT IN ('USA', 'Canada'))",
  ],
  ['Album', { $and: [{ AlbumId: { $gt: 5 } }, { AlbumId: { $lt: 9 } }] }, 'AlbumId between 6 and 8'],
]

/** What each customer has. */
const KEPT = {
  FirstName: 'F',
  LastName: 'W',
  Email: 'f@example.com',
  Address: 'A',
  City: 'C',
  Country: 'Austria',
  SupportRepId: 3,
}

/** Changes that only documents take, and what a table is sent to become the same. */
export const DOCUMENT_CHANGES: readonly (readonly [document: Call, table: Call])[] = [
  [
    call('PATCH', 'Track/2', { $inc: { Milliseconds: 1_000, Bytes: -1 } }, { query: { fields: '*' } }),
    call('PATCH', 'Track/2', { Milliseconds: 343_562, Bytes: 5_510_423 }, { query: { fields: '*' } }),
  ],
  [
    call(
      'PATCH',
      'Track/3',
      { $set: { Composer: 'Nobody' }, $max: { Milliseconds: 900_000 } },
      { query: { fields: '*' } },
    ),
    call('PATCH', 'Track/3', { Composer: 'Nobody', Milliseconds: 900_000 }, { query: { fields: '*' } }),
  ],
  [
    call('PATCH', 'Customer', [{ $unset: { Fax: '' } }], {
      query: { filter: '{"Country":"Canada"}', fields: 'CustomerId,Fax' },
    }),
    call('PATCH', 'Customer', [{ Fax: null }], { query: { filter: "Country = 'Canada'", fields: 'CustomerId,Fax' } }),
  ],
  [
    call('PUT', 'Customer/5', KEPT, { query: { fields: '*' } }),
    call(
      'PUT',
      'Customer/5',
      { ...KEPT, Company: null, State: null, PostalCode: null, Phone: null, Fax: null },
      { query: { fields: '*' } },
    ),
  ],
  [
    call(
      'DELETE',
      'InvoiceLine',
      { filter: { InvoiceId: 2, Quantity: { $gte: 1 } } },
      { query: { fields: 'TrackId' } },
    ),
    call('DELETE', 'InvoiceLine', undefined, { query: { filter: 'InvoiceId = 2', fields: 'TrackId' } }),
  ],
]

/** What a document is never changed or found by. */
export const DOCUMENT_REFUSALS: readonly Call[] = [
  call('PATCH', 'Track/1', { $rename: { Name: 'Title' } }),
  call('PATCH', 'Track/1', { $inc: { Name: 1 } }),
  call('PATCH', 'Track/1', { $set: { TrackId: 5 } }),
  call('PUT', 'Track/1', { $set: { Name: 'x' } }),
  call('PUT', 'Track/1', { Name: 'without what it has to have' }),
  get('Track', { filter: '{"$where":"true"}' }),
  get('Track', { filter: '{"Name":{"$where":"true"}}' }),
  get('Track', { filter: '{"$expr":{"$eq":[1,1]}}' }),
  call('DELETE', 'Track', { filter: {} }),
]
