import type { Problem } from './problems.ts'
import { pathOf } from './problems.ts'
import type { Configuration } from './schema.ts'

/** Shorter API keys can be found by trying. */
const SHORT_KEY = 16

/**
 * What works but should not stay as it is; shown by `gw start` and `gw doctor`. Holds no values.
 * @param appsElsewhere there is a governance that has apps of its own
 */
export const configurationWarnings = (config: Configuration, appsElsewhere = false): readonly Problem[] => {
  const warnings: Problem[] = []
  for (const [name, app] of Object.entries(config.apps)) {
    if (app.apiKey.length < SHORT_KEY) {
      const message = `its key is shorter than ${SHORT_KEY} characters and can be guessed. Make one with: openssl rand -hex 32`
      warnings.push({ path: pathOf(['apps', name]), message })
    }
  }
  if (Object.keys(config.apps).length === 0 && !appsElsewhere) {
    warnings.push({
      path: 'apps',
      message: 'there is none: every data call is refused. Add one with an apiKey and a role',
    })
  }
  if (config.egress.allow.some((entry) => /^(0\.0\.0\.0|::)\/0$/.test(entry))) {
    warnings.push({
      path: 'egress.allow',
      message: 'lets services call every private address, cloud metadata included. Name the hosts',
    })
  }
  return warnings
}
