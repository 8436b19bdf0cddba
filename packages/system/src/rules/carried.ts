/**
 * Rules for records that were in force elsewhere: what was good there stays good. Only `gw import` goes
 * by them; what comes over the API does not.
 */
import { newEpoch } from '../identity/accounts.ts'
import { digestOf, isApiKey } from '../identity/api-keys.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { tableRules } from './index.ts'
import { invalid, type TableRules, type Values } from './rules.ts'
import type { ServiceRulesOptions } from './service.ts'

/** Any key that a client can send: clients have it, and would be locked out by another one. */
const SENDABLE = /^[\x21-\x7e]{1,255}$/

const keepingKey = (rules: TableRules): TableRules => ({
  ...rules,
  async check(values, context) {
    const { api_key: key, ...rest } = values
    if (key === undefined || isApiKey(key)) return rules.check!(values, context)
    if (typeof key !== 'string' || !SENDABLE.test(key))
      throw invalid({ api_key: ['The api_key must have 1 to 255 letters, digits and signs, without spaces.'] })
    return { ...(await rules.check!(rest, context)), api_key: key, api_key_digest: digestOf(key) }
  },
})

const HASH = /^(\$argon2id\$|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$)/

/** The hashes among these values. @throws GwError `invalid_request` for what is none */
const hashesIn = (values: Values): Values => {
  const hashes = Object.entries(values).filter(
    ([name, value]) => (name === 'password' || name === 'security_answer') && value !== null,
  )
  for (const [name, value] of hashes)
    if (typeof value !== 'string' || !HASH.test(value))
      throw invalid({ [name]: [`The ${name} is no hash by argon2id or bcrypt.`] })
  return Object.fromEntries(hashes)
}

const keepingHashes = (rules: TableRules): TableRules => ({
  ...rules,
  async check(values, context) {
    const hashes = hashesIn(values)
    const { password: _, security_answer: __, ...rest } = values
    const { before } = context
    // Whoever signed in with the password before has to do it again.
    const over = before && hashes.password !== undefined && hashes.password !== before.password
    return { ...(await rules.check!(rest, context)), ...hashes, ...(over && { session_epoch: newEpoch() }) }
  },
})

/**
 * The rules of every table, by its name.
 * @param codeLife milliseconds that a code is good for
 */
export const carriedRules = (
  keys: Keyring,
  codeLife: number,
  services: ServiceRulesOptions,
): Readonly<Record<string, TableRules>> => {
  const rules = tableRules(keys, codeLife, { ...services, keepUnknown: true })
  return {
    ...rules,
    app: keepingKey(rules.app!),
    user: keepingHashes(rules.user!),
    admin: keepingHashes(rules.admin!),
  }
}
