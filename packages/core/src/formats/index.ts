/** Request bodies in, replies out: every format that gw speaks. */
export { parseBody } from './body.ts'
export { type BodySource, readBytes } from './bytes.ts'
export { compress } from './compress.ts'
export { type ErrorResponseOptions, errorResponse } from './error.ts'
export type { HeaderReader } from './list.ts'
export { type Format, negotiate } from './negotiate.ts'
export { isTrue, parseQuery, type Query } from './query.ts'
export { type RespondOptions, respond } from './respond.ts'
