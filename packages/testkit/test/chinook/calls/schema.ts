import { type Call, call, get } from './call.ts'

const schema = (method: Call['method'] & string, rest: string, body?: unknown, more: Partial<Call> = {}): Call => ({
  method,
  path: `_schema${rest}`,
  ...(body !== undefined && { body }),
  ...more,
})
const REVIEW = {
  name: 'review',
  field: [
    { name: 'id', type: 'id' },
    { name: 'stars', type: 'integer', default: 3 },
    { name: 'remark', type: 'string', length: 80, allow_null: true },
    { name: 'artist', type: 'reference', ref_table: 'Artist', ref_field: 'ArtistId', allow_null: true },
  ],
}

/** Tables and fields made, changed, described and dropped, with what is remembered beside them. */
export const SCHEMA: readonly Call[] = [
  schema('POST', '', { resource: [REVIEW] }),
  schema('POST', '', { resource: [REVIEW] }, { query: { check_exist: true }, status: 409 }),
  call('POST', 'review', [{ remark: 'fine', artist: 2 }, { stars: 5 }], { query: { fields: '*' } }),
  get('Artist/2', { related: 'review_by_artist', fields: 'ArtistId' }),
  call('POST', 'review', [{ artist: 99999 }], { status: 400, differs: 'reference' }),
  schema('POST', '/review/_field', { resource: [{ name: 'place', type: 'string', length: 20, allow_null: true }] }),
  call('PATCH', 'review/1', { place: 'here' }, { query: { fields: 'id,place' } }),
  { path: '_schema/review/_field/place', differs: 'native' },
  schema('DELETE', '/review/_field/place'),
  { path: '_schema/review/_field/place', status: 404 },
  schema('PATCH', '/review', {
    label: 'Critique',
    field: [{ name: 'stars', label: 'Points', validation: { int: { range: { min: 1, max: 5 } } } }],
  }),
  call('POST', 'review', [{ stars: 9 }], { status: 400 }),
  schema('POST', '/review/_related', {
    resource: [{ type: 'has_many', field: 'stars', ref_table: 'Genre', ref_field: 'GenreId' }],
  }),
  schema('PATCH', '/review', { field: [{ name: 'remark', alias: 'words' }] }),
  get('review', { order: 'id', filter: "words = 'fine'" }),
  schema('PATCH', '/review', { field: [{ name: 'remark', type: 'no_such_type' }] }, { status: 400 }),
  schema('POST', '', { resource: [{ name: 'empty', field: [] }] }, { status: 400 }),
  schema('DELETE', '/Artist', undefined, { status: 409 }),
  schema('DELETE', '/review'),
  get('review', {}, { status: 404 }),
]
