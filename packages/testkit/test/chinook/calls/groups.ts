import { type Call, get } from './call.ts'

/** Groups, aggregates, having, and pages behind a cursor. */
export const GROUPS: readonly Call[] = [
  get('Track', { group: 'GenreId', fields: 'GenreId,COUNT(*)', order: 'GenreId' }),
  get('Track', { group: 'GenreId', fields: 'GenreId,COUNT(*)', order: 'COUNT_ALL desc,GenreId', limit: 5 }),
  get('Track', {
    group: 'GenreId',
    fields: 'GenreId,COUNT(*)',
    having: 'COUNT_ALL > 100',
    order: 'GenreId',
  }),
  get('Track', { group: 'AlbumId', fields: 'AlbumId,SUM(Milliseconds)', order: 'SUM_Milliseconds desc', limit: 4 }),
  get('Track', { group: 'MediaTypeId', fields: 'MediaTypeId,MIN(Milliseconds),MAX(Bytes)', order: 'MediaTypeId' }),
  get('Track', { group: 'GenreId,MediaTypeId', fields: 'GenreId,MediaTypeId', order: 'GenreId,MediaTypeId' }),
  get('Track', { group: 'UnitPrice', fields: 'UnitPrice,COUNT(Composer)', order: 'UnitPrice' }),
  get('Track', { group: 'Nope' }, { status: 400 }),
  get('Track', { group: 'GenreId', fields: 'TrackId' }, { status: 400 }),
  get('Track', { group: 'GenreId', fields: 'GenreId,SUM(Name)' }, { status: 400 }),
  get('Invoice', {
    group: 'BillingCountry',
    fields: 'BillingCountry,SUM(Total),COUNT(*)',
    order: 'SUM_Total desc,BillingCountry',
    limit: 6,
  }),
  get('Invoice', {
    group: 'BillingCountry',
    fields: 'BillingCountry,SUM(Total)',
    filter: "InvoiceDate >= '2023-01-01'",
    having: 'SUM_Total >= 50',
    order: 'BillingCountry',
  }),
  get('Invoice', { group: 'CustomerId', fields: 'CustomerId,MAX(InvoiceDate)', order: 'CustomerId', limit: 3 }),
  get('Customer', { group: 'Country', order: 'Country', limit: 5 }),
  get('Customer', { group: 'Country', fields: 'Country,COUNT(*)', having: 'COUNT_ALL = 1', order: 'Country' }),
  get('Employee', {
    group: 'ReportsTo',
    fields: 'ReportsTo,COUNT(*)',
    filter: 'ReportsTo is not null',
    order: 'ReportsTo',
  }),
  get('InvoiceLine', { group: 'UnitPrice', fields: 'UnitPrice,SUM(Quantity)', order: 'UnitPrice' }),
  get('Genre', { cursor: '', order: 'GenreId', limit: 3, fields: 'GenreId,Name' }, { differs: 'cursor' }),
  get('PlaylistTrack', { cursor: '', order: 'TrackId desc', limit: 3 }, { differs: 'cursor' }),
  get('Genre', { cursor: 'no-cursor', order: 'GenreId' }, { status: 400 }),
]
