/**
 * What both Chinooks are asked, in this order, spelled for SQLite. Albums are made with keys of their own: a failed
 * insert leaves a gap in the keys that PostgreSQL makes, and none in SQLite's.
 */

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
  /** The status both must answer. Default: 200. */
  readonly status?: number
  /** In what the bodies may differ. */
  readonly differs?: keyof typeof DIFFERENCES
}

const withoutReference = (value: any): any => {
  if (Array.isArray(value)) return value.map(withoutReference)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, inner]) => [name, withoutReference(inner)])
  const rest = Object.fromEntries(members)
  return value.status_code === 409 ? { ...rest, message: 'conflict', context: null } : rest
}

/** The documented differences: why, and what of a body is the same all the same. */
export const DIFFERENCES = {
  order: {
    why: 'Rows that no order was asked for come in the order of the database.',
    level: (body: any): unknown => ({
      ...body,
      resource: body.resource.map((row: unknown) => JSON.stringify(row)).toSorted(),
    }),
  },
  reference: {
    why: 'PostgreSQL says which reference does not hold, SQLite only that one does not.',
    level: withoutReference,
  },
} as const

const get = (path: string, query: Call['query'] = {}, more: Partial<Call> = {}): Call => ({
  path: `_table/${path}`,
  query,
  ...more,
})
const call = (method: Call['method'] & string, path: string, body?: unknown, more: Partial<Call> = {}): Call => ({
  method,
  path: `_table/${path}`,
  ...(body !== undefined && { body }),
  ...more,
})

const READS: readonly Call[] = [
  { path: '_table', query: { as_list: false }, differs: 'order' },
  get('Artist', { limit: 10, order: 'ArtistId' }),
  get('Artist', { limit: 5, offset: 100, order: 'ArtistId', include_count: true }),
  get('Album', { fields: 'AlbumId,Title', limit: 20, order: 'AlbumId desc' }),
  get('Album/148'),
  get('Album/148', { fields: 'Title' }),
  get('Album/99999', {}, { status: 404 }),
  get('Track', { filter: 'AlbumId=148', order: 'TrackId' }),
  get('Track', { filter: '(GenreId=1) AND (Milliseconds > 500000)', order: 'TrackId', fields: 'TrackId,Milliseconds' }),
  get('Track', { filter: 'GenreId = 1 and Milliseconds > 500000 or TrackId = 1', order: 'TrackId', fields: 'TrackId' }),
  get('Track', { filter: 'UnitPrice = 1.99', order: 'TrackId', limit: 7 }),
  get('Track', { filter: 'Composer IS NULL', order: 'TrackId', limit: 7 }),
  get('Track', { filter: "Composer LIKE '%Tyler%'", order: 'TrackId', limit: 7 }),
  get('Track', { filter: 'TrackId IN (1,5,9,3503)', order: 'TrackId desc' }),
  get('Track', { filter: 'TrackId NOT IN (1,2,3)', order: 'TrackId', limit: 2 }),
  get('Track', { filter: 'Milliseconds BETWEEN 1000 AND 10000', order: 'Milliseconds,TrackId' }),
  get('Track', { filter: 'NOT (TrackId > 3)', order: 'TrackId' }),
  get('Track', { count_only: true }),
  get('Track', { filter: 'GenreId=2', count_only: true }),
  get('Track', { order: 'TrackId', fields: 'TrackId' }),
  get('Track', { ids: '3,1,2', fields: 'TrackId,UnitPrice' }),
  get('Track', { ids: '3,99999', fields: 'TrackId' }, { status: 400 }),
  get('Track', { ids: '3,99999,4', fields: 'TrackId', continue: true }, { status: 400 }),
  get('Customer', { filter: "Country = 'Brazil'", order: 'CustomerId' }),
  get('Customer', { filter: "Email CONTAINS 'gmail'", order: 'CustomerId', fields: 'CustomerId,Email' }),
  get('Customer', { filter: "FirstName STARTS WITH 'F'", order: 'CustomerId', fields: 'FirstName,LastName' }),
  get('Customer', { filter: 'Company is not null', order: 'CustomerId', fields: 'Company' }),
  get('Customer', { filter: "LastName = 'Gon\u00e7alves'", fields: 'City,Phone' }),
  get('Customer', { as_list: true, order: 'CustomerId', limit: 4 }),
  get('Employee', { order: 'EmployeeId' }),
  get('Employee', { filter: "HireDate >= '2003-05-03 00:00:00'", order: 'EmployeeId', fields: 'EmployeeId,HireDate' }),
  get('Invoice', { filter: 'Total > 20', order: 'Total desc,InvoiceId' }),
  get('Invoice', { filter: "InvoiceDate < '2021-02-01'", order: 'InvoiceId', fields: 'InvoiceId,InvoiceDate,Total' }),
  get('InvoiceLine', { order: 'UnitPrice desc,InvoiceLineId', limit: 5 }),
  get('PlaylistTrack', { filter: 'PlaylistId = 9', order: 'TrackId' }),
  get('Genre', { order: 'GenreId', fields: '*' }),
  get('Artist', { fields: 'Nope' }, { status: 400 }),
  get('Artist', { filter: 'Nope=1' }, { status: 400 }),
  get('Artist', { order: 'Nope' }, { status: 400 }),
  get('Artist', { filter: 'ArtistId = abc' }, { status: 400 }),
  get('Nope', {}, { status: 404 }),
  get('PlaylistTrack/9', {}, { status: 400 }),
]

const WRITES: readonly Call[] = [
  call('POST', 'Artist', { resource: [{ Name: 'Nina' }, { Name: "Sin\u00e9ad O'Connor" }] }),
  call('POST', 'Artist', [{ Name: 'Ella' }], { query: { fields: '*' } }),
  get('Artist', { filter: 'ArtistId > 275', order: 'ArtistId' }),
  call(
    'POST',
    'Album',
    {
      resource: [
        { AlbumId: 390, Title: 'Pastel Blues', ArtistId: 276 },
        { AlbumId: 391, Title: 'Lost', ArtistId: 99999 },
      ],
    },
    { status: 400, differs: 'reference' },
  ),
  call(
    'POST',
    'Album',
    {
      resource: [
        { AlbumId: 400, Title: 'Kept', ArtistId: 276 },
        { AlbumId: 401, Title: 'Lost', ArtistId: 99999 },
      ],
    },
    { status: 400, query: { rollback: true }, differs: 'reference' },
  ),
  get('Album/400', {}, { status: 404 }),
  call('POST', 'Genre', [{ GenreId: 1, Name: 'Rock again' }], { status: 400 }),
  call('POST', 'Track', [{ Name: 'No media type' }], { status: 400 }),
  call('POST', 'Artist', {}, { status: 400 }),
  call('PATCH', 'Artist/276', { Name: 'Nina Simone' }),
  call('PUT', 'Artist/277', { Name: 'Sin\u00e9ad' }, { query: { fields: '*' } }),
  call('PATCH', 'Artist/99999', { Name: 'Nobody' }, { status: 404 }),
  call('PATCH', 'Artist', {
    resource: [
      { ArtistId: 276, Name: 'N' },
      { ArtistId: 277, Name: 'S' },
    ],
  }),
  call('PATCH', 'Artist', { resource: [{ Name: 'Both' }] }, { query: { ids: '277,278', fields: 'ArtistId,Name' } }),
  call(
    'PATCH',
    'Customer',
    { resource: [{ Company: 'None' }] },
    {
      query: { filter: "(Country = 'Brazil') AND (Company is null)", fields: 'CustomerId' },
      differs: 'order',
    },
  ),
  get('Customer', { filter: "Company = 'None'", order: 'CustomerId', fields: 'CustomerId,Company' }),
  call(
    'PATCH',
    'Invoice/1',
    { Total: 3.5, InvoiceDate: '2021-01-02 03:04:05' },
    { query: { fields: 'Total,InvoiceDate' } },
  ),
  call('PATCH', 'Track/1', { Milliseconds: 'long' }, { status: 400 }),
  call('PATCH', 'Track/1', { Name: null }, { status: 400 }),
  call('POST', 'PlaylistTrack', [
    { PlaylistId: 18, TrackId: 1 },
    { PlaylistId: 18, TrackId: 2 },
  ]),
  call('DELETE', 'PlaylistTrack', { resource: [{ PlaylistId: 18, TrackId: 1 }] }),
  get('PlaylistTrack', { filter: 'PlaylistId = 18', order: 'TrackId' }),
  call('DELETE', 'Artist/1', undefined, { status: 409, differs: 'reference' }),
  call('DELETE', 'Artist/278', undefined, { query: { fields: '*' } }),
  call('DELETE', 'Artist', undefined, { query: { ids: '276,277' }, status: 400, differs: 'reference' }),
  call('DELETE', 'Artist', undefined, { query: { ids: '99998,277', continue: true }, status: 400 }),
  call('DELETE', 'InvoiceLine', undefined, {
    query: { filter: 'InvoiceId = 1', fields: 'InvoiceLineId' },
    differs: 'order',
  }),
  call('DELETE', 'Artist', undefined, { status: 400 }),
  get('Artist', { filter: 'ArtistId >= 275', order: 'ArtistId' }),
  get('InvoiceLine', { filter: 'InvoiceId <= 2', order: 'InvoiceLineId' }),
]

export const CALLS: readonly Call[] = [...READS, ...WRITES]
