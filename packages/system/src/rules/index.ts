import type { Keyring } from '../secrets/keyring.ts'
import { appRules } from './app.ts'
import { limitRules } from './limit.ts'
import { lookupRules } from './lookup.ts'
import { accessRules, roleRules } from './role.ts'
import type { TableRules } from './rules.ts'
import { type ServiceRulesOptions, serviceRules } from './service.ts'
import { corsRules, customRules, emailTemplateRules, eventScriptRules } from './simple.ts'
import { userRules } from './user.ts'

/** The rules of every table, by its name. */
export const tableRules = (keys: Keyring, services: ServiceRulesOptions): Readonly<Record<string, TableRules>> => ({
  service: serviceRules(services),
  role: roleRules,
  role_service_access: accessRules,
  app: appRules(keys),
  user: userRules(false),
  admin: userRules(true),
  lookup: lookupRules(keys),
  limit: limitRules,
  cors: corsRules,
  email_template: emailTemplateRules,
  event_script: eventScriptRules,
  system_custom: customRules,
})
