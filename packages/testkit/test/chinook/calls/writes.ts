import { type Call, call, get } from './call.ts'

/** Changes that every store takes alike. */
export const CHANGES: readonly Call[] = [
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
]

/**
 * Records created, changed and deleted. Albums are made with keys of their own: a failed insert leaves a gap in the
 * keys that other databases make, and none in SQLite's.
 */
export const WRITES: readonly Call[] = [
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
  ...CHANGES,
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
