import { type Call, get } from './call.ts'

/** Where databases like to differ: nulls in an order, wildcards, case, precedence, wide values, empty selections. */
export const EDGES: readonly Call[] = [
  get('Track', { order: 'Composer asc nulls first,TrackId', limit: 3, fields: 'TrackId,Composer' }),
  get('Track', { order: 'Composer desc nulls last,TrackId', limit: 3, fields: 'TrackId,Composer' }),
  get('Customer', { order: 'Fax nulls last,CustomerId', limit: 50, offset: 45, fields: 'CustomerId' }),
  get('Track', { filter: "Name ILIKE 'WALK%'", order: 'TrackId', fields: 'TrackId,Name' }),
  get('Track', { filter: "Name CONTAINS '100%'", order: 'TrackId', fields: 'TrackId,Name' }),
  get('Track', { filter: "Name CONTAINS '_'", order: 'TrackId', fields: 'TrackId,Name' }),
  get('Track', { filter: "Name ENDS WITH ')'", order: 'TrackId', limit: 5, fields: 'TrackId,Name' }),
  get('Track', { filter: '(TrackId < 4) XOR (GenreId = 2)', order: 'TrackId', limit: 8, fields: 'TrackId' }),
  get('Track', { filter: 'NOT ((TrackId > 2) OR (Composer IS NULL))', order: 'TrackId', fields: 'TrackId' }),
  get('Track', { filter: 'Bytes > 1000000000', order: 'TrackId', fields: 'TrackId,Bytes' }),
  get('Track', { filter: 'TrackId IN ()', count_only: true }),
  get('Track', { filter: 'TrackId = 3504' }),
  get('Track', { filter: 'TrackId = 2147483647' }),
  get('Track', { filter: 'UnitPrice > 0.99', count_only: true }),
  get('Track', { filter: 'UnitPrice IN (0.99, 1.99)', count_only: true }),
  get('Invoice', {
    filter: "InvoiceDate BETWEEN '2021-01-01' AND '2021-01-31'",
    order: 'InvoiceId',
    fields: 'InvoiceId',
  }),
  get('Invoice', { filter: 'BillingState IS NULL', include_count: true, limit: 1, order: 'InvoiceId' }),
  get('Customer', { filter: "LastName = 'K\u00f6hler'", fields: 'CustomerId,LastName' }),
  get('Customer', { filter: "LastName = 'KOHLER'", fields: 'CustomerId,LastName' }),
  get('Customer', { filter: "Company = ''", fields: 'CustomerId' }),
  get('Employee/1', { fields: 'BirthDate,HireDate,ReportsTo' }),
  get('Artist', { limit: 0 }, {}),
  get('Artist', { offset: 274, order: 'ArtistId' }),
  get('Artist', { offset: 9999, order: 'ArtistId' }),
  get('Artist', { filter: "Name = 'AC/DC' OR Name = 'AC\\\\DC'", fields: 'ArtistId,Name' }),
]
