/**
 * vitest's globalSetup for the projects that test with a server with MongoDB’s transactions: one for the whole run, the one of
 * `JONGODB_URL` where that is set. Tests read `inject('jongodb')`; where it is undefined, `inject('jongodbMissing')` says why.
 */
import { startJongodb } from './mongodb.ts'
import { sharedBackend } from './shared.ts'

export default sharedBackend({
  name: 'jongodb',
  label: 'jongodb',
  variable: 'JONGODB_URL',
  port: 27017,
  start: startJongodb,
})
