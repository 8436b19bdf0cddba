/** What may be installed by name: packages of a registry, and nothing that a package manager takes for an option. */
import validRange from 'semver/ranges/valid.js'
import validate from 'validate-npm-package-name'
import { GwError } from '../../contract.ts'
import { isWellKnown, packageFor } from '../../discovery/well-known.ts'

export interface PackageSpec {
  readonly name: string
  /** A range of versions or a tag. */
  readonly version?: string | undefined
}

/** A tag: `latest`, `next`. A range has none of the characters that mean something to a shell, should there be one. */
const TAG = /^[a-z][a-z0-9.-]*$/i
const RANGE = /^[\w.^~+-]+$/

/**
 * `gw-weather`, `@acme/gw-erp@^2.1`, or a service type that one of gw's own packages offers: `mysql` is `@gw/mysql`.
 * @throws GwError `invalid_request` for folders, addresses, options, and whatever else is no name
 */
export const packageSpec = (text: string): PackageSpec => {
  const at = text.indexOf('@', 1)
  const asked = at < 0 ? text : text.slice(0, at)
  const version = at < 0 ? undefined : text.slice(at + 1)
  // Some of gw's own names are built-in modules of Node, too, which no package may be called.
  const known = packageFor(asked) ?? (isWellKnown(`@gw/${asked}`) ? `@gw/${asked}` : undefined)
  const { validForNewPackages, errors = [], warnings = [] } = validate(known ?? asked)
  if (!validForNewPackages) {
    const reason = [...errors, ...warnings][0] ?? 'npm would not take it'
    throw new GwError('invalid_request', `"${text}" is not the name of a package: ${reason}.`)
  }
  if (version !== undefined && !TAG.test(version) && !(RANGE.test(version) && validRange(version) !== null)) {
    throw new GwError('invalid_request', `"${version}" is neither a range of versions nor a tag, as in ${asked}@^1.2.`)
  }
  return { name: known ?? asked, version }
}

export const textOf = ({ name, version }: PackageSpec): string => (version === undefined ? name : `${name}@${version}`)
