/** What services over HTTP share. A connector says how a call is made; the rest is the family's. */
export { type AttemptOptions, type Attempts, createAttempts, isIdempotent } from './attempts.ts'
export { type Cache, createCache, keyOf } from './cache.ts'
export { type ApiDocument, openDocument } from './openapi/document.ts'
export { type EndpointOptions, endpointsOf, type OperationCall, resourcesOf } from './openapi/endpoints.ts'
export { type ApiOperation, type ApiParameter, type Operations, operationsOf } from './openapi/operation.ts'
export { encodeSegment, filledPath } from './openapi/path.ts'
export { type ReplyOptions, replyOf } from './reply.ts'
export { type ClientCredentials, createTokens, type Tokens } from './token.ts'
