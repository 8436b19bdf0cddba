import { createHash } from 'node:crypto'
import { ConfigurationError, nearest, type Problem, pathOf } from '../configuration/problems.ts'
import type { Configuration } from '../configuration/schema.ts'

/** The digest that API keys are compared by, so that no comparison takes longer the more of a key is right. */
export const digestOf = (apiKey: string): string => createHash('sha256').update(apiKey).digest('base64')

/**
 * Checks that roles and event scripts name services that exist (unless there are others elsewhere), apps roles that
 * exist, and no two apps one key.
 * @throws ConfigurationError with every problem and its path
 */
export const checkReferences = (config: Configuration, servicesElsewhere = false): void => {
  const problems = [
    ...(servicesElsewhere ? [] : [...roleProblems(config), ...eventProblems(config)]),
    ...appProblems(config),
  ]
  if (problems.length > 0) throw new ConfigurationError(problems)
}

const unknown = (kind: string, name: string, known: readonly string[]): string => {
  const near = nearest(name, known)
  const hint = near === undefined ? `Known: ${known.join(', ') || 'none'}` : `Did you mean "${near}"?`
  return `there is no ${kind} "${name}". ${hint}`
}

const roleProblems = ({ roles, services }: Configuration): readonly Problem[] =>
  Object.entries(roles).flatMap(([role, { access }]) =>
    access.flatMap(({ service }, index) =>
      service === '*' || Object.hasOwn(services, service.toLowerCase())
        ? []
        : [
            {
              path: pathOf(['roles', role, 'access', index, 'service']),
              message: unknown('service', service, Object.keys(services)),
            },
          ],
    ),
  )

/** A script on a service that is none would never run, and it may be there to refuse. */
const eventProblems = ({ eventScripts, services }: Configuration): readonly Problem[] =>
  Object.keys(eventScripts)
    .filter((name) => !Object.keys(services).some((service) => name.startsWith(`${service}.`)))
    .map((name) => ({
      path: pathOf(['eventScripts', name]),
      message: unknown('service', name.split('.', 1)[0]!, Object.keys(services)),
    }))

const appProblems = ({ apps, roles }: Configuration): readonly Problem[] => {
  const owners = new Map<string, string>()
  return Object.entries(apps).flatMap(([app, { role, apiKey }]) => {
    const problems: Problem[] = []
    if (!Object.hasOwn(roles, role)) {
      problems.push({ path: pathOf(['apps', app, 'role']), message: unknown('role', role, Object.keys(roles)) })
    }
    const owner = owners.get(apiKey)
    if (owner !== undefined) {
      const message = `is the key of the app "${owner}" too: each app needs its own`
      problems.push({ path: pathOf(['apps', app, 'apiKey']), message })
    }
    owners.set(apiKey, app)
    return problems
  })
}
