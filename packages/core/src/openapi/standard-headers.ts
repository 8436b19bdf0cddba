/** The headers that endpoints keep, described in one place: what an endpoint says of itself decides which it has. */
import type { Condition, Endpoint } from '../contract.ts'
import type { Parameter, ResponseObject } from './types.ts'

const header = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
})

const ASKED = header(
  'If-None-Match',
  'Entity tags of answers that the caller has: 304 where the answer would be one of them.',
)
const MATCHED = header(
  'If-Match',
  'The entity tag of the record, as a GET of the same URL sent it: nothing is done where it is no longer that (412).',
)
const MISSING = header('If-None-Match', '*: the record must not be there yet (412).')

const REPEATABLE = header(
  'Idempotency-Key',
  'A text that no other request has, for example a UUID: sent again with it, the request is not done again, and the first answer is answered. Where the service keeps answers; elsewhere it is refused (501).',
)

const PREFERENCES: readonly (readonly [Condition, string])[] = [
  ['tx', '`tx=rollback`: everything is done and answered, and then undone.'],
  ['max-affected', '`handling=strict, max-affected=10`: nothing is done where more records would be changed (400).'],
]
const RETURN = '`return=representation`: all fields are answered; `return=minimal`: what names the records.'

/** The same object for the same conditions, so that a document holds it once. */
const prefers = new Map<string, Parameter>()
const preferOf = (keeps: readonly Condition[], answersRecords: boolean): readonly Parameter[] => {
  const known = PREFERENCES.filter(([condition]) => keeps.includes(condition)).map(([, text]) => text)
  if (known.length === 0) return []
  const text = [...known, ...(answersRecords ? [RETURN] : [])].join(' ')
  const made = prefers.get(text) ?? header('Prefer', text)
  prefers.set(text, made)
  return [made]
}

/** The headers that a request to an endpoint may have. */
export const headerParameters = ({ tagged, keeps = [], takesRecords }: Endpoint): readonly Parameter[] => [
  ...(tagged ? [ASKED] : []),
  ...(keeps.includes('if-match') ? [MATCHED] : []),
  ...(keeps.includes('if-none-match') ? [MISSING] : []),
  ...(keeps.includes('idempotency-key') ? [REPEATABLE] : []),
  ...preferOf(keeps, takesRecords !== undefined || keeps.includes('max-affected')),
]

const TEXT = { type: 'string' } as const

/** The headers that its answers may have. */
export const answerHeaders = ({ tagged, keeps = [] }: Endpoint): Pick<ResponseObject, 'headers'> => {
  const applied = keeps.includes('tx') || keeps.includes('max-affected')
  const repeated = keeps.includes('idempotency-key')
  if (!tagged && !applied && !repeated) return {}
  return {
    headers: {
      ...(tagged && {
        ETag: {
          description:
            tagged === 'always' ? 'The entity tag of the answer.' : 'The entity tag, where If-None-Match was sent.',
          schema: TEXT,
        },
      }),
      ...(applied && {
        'Preference-Applied': { description: 'The preferences that were followed.', schema: TEXT },
      }),
      ...(repeated && {
        'Idempotency-Replayed': {
          description: '`true`: the answer to an earlier request with this key.',
          schema: TEXT,
        },
      }),
    },
  }
}

export const NOT_MODIFIED: ResponseObject = { description: 'The caller has this answer already.' }
