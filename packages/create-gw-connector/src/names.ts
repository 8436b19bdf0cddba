/** The names of a new package, all made of one. */
import validate from 'validate-npm-package-name'

export interface Names {
  /** `gw-weather`, `@acme/gw-weather` */
  readonly package: string
  /** The folder: the name without its scope. */
  readonly folder: string
  /** The service type: `weather`. */
  readonly type: string
  /** For people: `Weather`. */
  readonly label: string
}

/** What is wrong with a name, or `undefined`. */
export const faultOfName = (name: string): string | undefined => {
  const { validForNewPackages, errors = [], warnings = [] } = validate(name)
  if (!validForNewPackages) return `npm does not take this name: ${[...errors, ...warnings][0]}`
  // A type's name is part of configurations, and stands within quotes of the code that is written.
  return /^[a-z][a-z0-9_]*$/.test(typeOf(name))
    ? undefined
    : `"${typeOf(name)}" is no name for a service type: begin with a letter, and use letters, digits and - only`
}

const typeOf = (name: string): string =>
  folderOf(name)
    .replace(/^gw-(?:connector-)?/, '')
    .replaceAll('-', '_')

const folderOf = (name: string): string => name.slice(name.indexOf('/') + 1)

/** @param name checked by `faultOfName` */
export const namesOf = (name: string): Names => {
  const type = typeOf(name)
  const label = type
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')
  return { package: name, folder: folderOf(name), type, label }
}
