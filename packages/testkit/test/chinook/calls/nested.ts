import { type Call, call, get } from './call.ts'

const ALBUMS = 'Album_by_ArtistId'
const TRACKS = 'Track_by_AlbumId'
const LISTED = 'Track_by_PlaylistTrack'
const batch = (steps: readonly object[], more: Partial<Call> = {}): Call => ({
  method: 'POST',
  path: '_batch',
  body: { steps },
  ...more,
})

/** Records written with others inside them, several calls as one, and filters on related fields. */
export const NESTED: readonly Call[] = [
  call(
    'POST',
    'Artist',
    [
      {
        ArtistId: 900,
        Name: 'Nested',
        [ALBUMS]: [
          { Title: 'One', [TRACKS]: [{ Name: 'a', MediaTypeId: 1, Milliseconds: 1, UnitPrice: 0.99 }] },
          { Title: 'Two' },
        ],
      },
    ],
    { query: { related: ALBUMS, [`${ALBUMS}.fields`]: 'Title', [`${ALBUMS}.order`]: 'Title', fields: 'Name' } },
  ),
  get('Track', { filter: "Name = 'a' AND Milliseconds = 1", fields: 'Name,UnitPrice,Composer' }),
  get('Artist', { filter: `${ALBUMS}.${TRACKS}.Milliseconds = 1`, fields: 'ArtistId,Name' }),
  call('PATCH', 'Album/5', { Title: 'Big Ones', Artist_by_ArtistId: { ArtistId: 3, Name: 'Aerosmith!' } }),
  get('Artist/3'),
  call('PATCH', 'Artist/900', { [ALBUMS]: [{ AlbumId: 10 }] }, { query: { fields: 'ArtistId' } }),
  get('Album/10'),
  call('PATCH', 'Artist/2', { Name: 'Lost', [ALBUMS]: [{ AlbumId: 99999, Title: 'Nobody' }] }, { status: 404 }),
  get('Artist/2'),
  call('PATCH', 'Artist/2', { Name: 'Lost', [ALBUMS]: [{ AlbumId: 2, ArtistId: null }] }, { status: 400 }),
  call('POST', 'Artist', [{ Name: 'Lost', [ALBUMS]: [{ Title: null }] }], { status: 400 }),
  get('Artist', { filter: "Name = 'Lost'" }),
  call(
    'PATCH',
    'Playlist/17',
    { [LISTED]: [{ TrackId: 1 }, { TrackId: 2 }] },
    {
      query: {
        related: LISTED,
        [`${LISTED}.fields`]: 'TrackId',
        [`${LISTED}.order`]: 'TrackId',
        [`${LISTED}.limit`]: 3,
      },
    },
  ),
  call('PATCH', 'Playlist/17', { [LISTED]: [{ TrackId: 1, 'Playlist.PlaylistId': null }] }),
  get('PlaylistTrack', { filter: 'PlaylistId = 17 AND TrackId < 3', order: 'TrackId' }),
  call('PATCH', 'Employee/1', { Employee_by_ReportsTo: [{ EmployeeId: 2, Title: 'Boss' }] }),
  get('Employee/2', { fields: 'EmployeeId,Title,ReportsTo' }),
  get('Album', { filter: "Artist_by_ArtistId.Name = 'Accept'", order: 'AlbumId' }),
  get('Customer', { filter: 'NOT (Invoice_by_CustomerId.Total > 10)', order: 'CustomerId', fields: 'CustomerId' }),
  get('Playlist', { filter: `${LISTED}.Name LIKE 'Bala%'`, order: 'PlaylistId', fields: 'PlaylistId,Name' }),
  get('Genre', { filter: "Track_by_GenreId.MediaType_by_MediaTypeId.Name LIKE '%video%'", order: 'GenreId' }),
  batch([
    { id: 'made', method: 'POST', path: '_table/Artist', body: { resource: [{ ArtistId: 901, Name: 'B' }] } },
    {
      method: 'PATCH',
      path: '_table/Artist/901',
      body: { Name: 'C' },
    },
    { method: 'GET', path: '_table/Artist/901' },
  ]),
  batch(
    [
      { method: 'PATCH', path: '_table/Artist/901', body: { Name: 'D' } },
      { method: 'PATCH', path: '_table/Artist/99999', body: { Name: 'D' } },
    ],
    { status: 404, differs: 'step' },
  ),
  get('Artist/901'),
]
