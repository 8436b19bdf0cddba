import type { Keyring } from '../secrets/keyring.ts'
import { appRules } from './app.ts'
import { limitRules } from './limit.ts'
import { lookupRules } from './lookup.ts'
import { assignmentRules, onlyAdministrators } from './rights.ts'
import { accessRules, roleRules } from './role.ts'
import type { TableRules } from './rules.ts'
import { type ServiceRulesOptions, serviceRules } from './service.ts'
import { corsRules, customRules, emailTemplateRules, eventScriptRules } from './simple.ts'
import { userRules } from './user.ts'

/**
 * The rules of every table, by its name.
 * @param codeLife milliseconds that a code is good for
 */
export const tableRules = (
  keys: Keyring,
  codeLife: number,
  services: ServiceRulesOptions,
): Readonly<Record<string, TableRules>> => ({
  service: onlyAdministrators('services')(serviceRules(services)),
  service_doc: onlyAdministrators('services')({}),
  role: onlyAdministrators('roles')(roleRules),
  role_service_access: onlyAdministrators('roles')(accessRules),
  app: onlyAdministrators('apps')(appRules(keys)),
  user: userRules(false, codeLife),
  admin: userRules(true, codeLife),
  user_to_app_to_role: assignmentRules,
  // Row filters and configurations are made of them.
  lookup: onlyAdministrators('lookups')(lookupRules(keys)),
  limit: limitRules,
  cors: corsRules,
  // Codes for new passwords are sent with them.
  email_template: onlyAdministrators('e-mail templates')(emailTemplateRules),
  event_script: onlyAdministrators('scripts')(eventScriptRules(services)),
  system_custom: customRules,
})
