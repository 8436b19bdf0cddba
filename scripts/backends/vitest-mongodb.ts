/**
 * vitest's globalSetup for the projects that test with a server with MongoDB’s aggregation: one for the whole run, the one of
 * `MONGODB_URL` where that is set. Tests read `inject('mongodb')`; where it is undefined, `inject('mongodbMissing')` says why.
 */
import { startMongoJavaServer } from './mongodb.ts'
import { sharedBackend } from './shared.ts'

export default sharedBackend({
  name: 'mongodb',
  label: 'MongoDB',
  variable: 'MONGODB_URL',
  port: 27017,
  start: startMongoJavaServer,
})
