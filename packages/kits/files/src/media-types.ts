/** Media types by the name’s extension. Bytes are not looked at: what a name promises is what a browser is told. */
import mime from 'mime'

export const UNKNOWN_TYPE = 'application/octet-stream'

export const typeOfName = (path: string): string => mime.getType(path) ?? UNKNOWN_TYPE

/** What browsers run or render with scripts in it: shown, but kept apart from everything else of this origin. */
const ACTIVE = /^(?:text\/html|application\/xhtml\+xml|image\/svg\+xml|(?:text|application)\/xml|.*\+xml)\b/

export const isActive = (type: string): boolean => ACTIVE.test(type)
