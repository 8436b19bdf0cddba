/** Tables of signing in: nothing of them is ever told over the API. */
import { id, integer, owned, type StoreTable, storeTable, string, text } from './columns.ts'

/** A moment as ISO 8601 in UTC, which sorts as text does on every database. */
const instant = () => string(24, { exact: true })

/** Keys that sessions are signed with. */
const signingKey = storeTable('signing_key', {
  id,
  kid: string(32, { unique: true, exact: true }),
  /** Encrypted. */
  secret: text(),
  created: instant(),
})

/** Sessions that ended before their time. Only ever added to, so that nodes read what they have not seen yet. */
const revokedToken = storeTable('revoked_token', {
  id,
  jti: string(64, { unique: true, exact: true }),
  /** From when on it could not be used anyway. */
  expires: instant(),
})

/** Who has guessed how often, by digests of accounts and addresses. */
const attempt = storeTable(
  'attempt',
  {
    key: string(64, { exact: true }),
    failures: integer({ default: 0 }),
    last: instant(),
    /** Nothing is tried before this. */
    until: instant(),
  },
  { primaryKey: ['key'] },
)

/** Sign-ins that are under way at a provider elsewhere. */
const loginState = storeTable(
  'login_state',
  { state: string(64, { exact: true }), service_id: owned('service'), data: text(), expires: instant() },
  { primaryKey: ['state'] },
)

/** Who of a provider is which user. */
const externalIdentity = storeTable(
  'external_identity',
  { id, service_id: owned('service'), subject: string(255, { exact: true }), user_id: owned('user') },
  { unique: [['service_id', 'subject']] },
)

/** What the second migration makes. */
export const SESSION_TABLES: readonly StoreTable[] = [signingKey, revokedToken, attempt, loginState, externalIdentity]
