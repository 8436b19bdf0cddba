export { type ClientAddress, type ClientAddressOptions, createClientAddress } from './client-address.ts'
export { type CorsAnswer, createCors } from './cors.ts'
export { bodyCredentials, type HeaderReader, type QueryParameters, readCredentials } from './credentials.ts'
export { tunnelledMethod, withoutMethod } from './tunnelled-method.ts'
