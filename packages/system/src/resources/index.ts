/** Everything below `system/`. A resource of another part of this package is added to the list. */

import { activity } from './activity.ts'
import { ADMIN_ACCOUNT } from './admin-account.ts'
import { audit } from './audit.ts'
import { cache } from './cache.ts'
import { COLLECTIONS } from './collections.ts'
import { configPackage } from './config-package.ts'
import { connector } from './connector.ts'
import { constant } from './constant.ts'
import { custom } from './custom.ts'
import { environment } from './environment.ts'
import { event } from './event.ts'
import { tableImport } from './import.ts'
import { limitCache } from './limit-cache.ts'
import { log } from './log.ts'
import { packages } from './package.ts'
import type { SystemResource } from './resource.ts'
import { scriptType } from './script-type.ts'
import { serviceType } from './service-type.ts'

export type { SystemParts, SystemResource } from './resource.ts'

export const RESOURCES: readonly SystemResource[] = [
  ...COLLECTIONS,
  ...ADMIN_ACCOUNT,
  activity,
  audit,
  cache,
  configPackage,
  connector,
  constant,
  custom,
  environment,
  event,
  tableImport,
  limitCache,
  log,
  packages,
  scriptType,
  serviceType,
].sort((a, b) => (a.name < b.name ? -1 : 1))
