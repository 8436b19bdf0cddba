/** Apps and their keys (platform.md §3.6). */
import { SECRET_MASK } from '@gw/core'
import { digestOf, isApiKey, newApiKey } from '../identity/api-keys.ts'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import { launchUrl } from '../snapshot/parts.ts'
import { keepRestrictions } from './rights.ts'
import { Findings, type TableRules } from './rules.ts'

export const appRules = (keys: Keyring): TableRules => ({
  check(values, context) {
    const { before } = context
    const findings = new Findings()
    findings.required(values, context, 'name')
    findings.longest(values, { name: 64 })
    const given = values.api_key
    const kept = before !== undefined && (!Object.hasOwn(values, 'api_key') || given === SECRET_MASK)
    if (before && !kept && !isApiKey(given))
      findings.add('api_key', 'The api_key must have at least 64 letters and digits.')
    findings.settle()
    const { api_key: _, ...rest } = values
    if (kept) return rest
    const apiKey = isApiKey(given) ? given : newApiKey()
    return {
      ...rest,
      ...(typeof values.description === 'string' && { description: values.description.slice(0, 255) }),
      api_key: apiKey,
      api_key_digest: digestOf(apiKey),
    }
  },
  removing: ({ id }, context) => keepRestrictions({ app_id: id }, context),
  sealed: ['api_key'],
  seal: (values, id) => ({ api_key: keys.encrypt(String(values.api_key), placeOf('app', 'api_key', id)) }),
  needs: ['id', 'type', 'url', 'path'],
  present: (row, caller) => ({
    ...row,
    api_key:
      row.api_key && caller?.admin
        ? keys.decrypt(String(row.api_key), placeOf('app', 'api_key', Number(row.id)))
        : row.api_key && SECRET_MASK,
    launch_url: launchUrl(row),
  }),
})
