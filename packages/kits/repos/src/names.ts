/** Names of repositories, paths in them, and refs. They are checked once, here, before a host's address is made of them. */
import { GwError } from '@gw/core'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they end names in other programs, or forge lines in logs
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\]/
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/

/**
 * @throws GwError `not_found` for what no repository is called. A name that ends with `.git` is a second spelling of the
 * one without: access rules would have to know both.
 */
export const checkedRepository = (name: string): string => {
  if (REPOSITORY.test(name) && !/^\.{1,2}$/.test(name) && !/\.git$/i.test(name)) return name
  throw new GwError('not_found', 'There is no repository of this name. Name one of the account, without the owner.')
}

const isPart = (part: string): boolean =>
  part !== '' && part !== '.' && part !== '..' && part.isWellFormed() && !FORBIDDEN.test(part)

/**
 * A path in a repository, without slashes at its ends; `''` is the root.
 * @throws GwError `invalid_request`
 */
export const checkedPath = (path: string): string => {
  const own = path.replace(/^\/+|\/+$/g, '')
  if (own === '' || (own.length <= 4_096 && own.split('/').every(isPart))) return own
  throw new GwError(
    'invalid_request',
    "The path is refused: its parts must not be empty, '.' or '..', and must not hold a backslash or a control character.",
  )
}

/** @throws GwError `invalid_request` where it is the root */
export const checkedFile = (path: string): string => {
  const own = path.endsWith('/') ? '' : checkedPath(path)
  if (own !== '') return own
  throw new GwError('invalid_request', 'Name a file: a path that does not end with a slash.')
}

/** What git takes for a name of a branch or a tag (git-check-ref-format), and shas. */
const REF = /^(?![/.-])(?!.*(?:\/\/|\/\.|\.\.|@\{))[^\s~^:?*[\\]+(?<![/.])(?<!\.lock)$/

/**
 * A branch, a tag or a commit. Empty means absent.
 * @throws GwError `invalid_request`
 */
export const checkedRef = (ref: string | undefined): string | undefined => {
  if (ref === undefined || ref === '') return undefined
  if (ref.length <= 255 && ref.isWellFormed() && ref !== '@' && !FORBIDDEN.test(ref) && REF.test(ref)) return ref
  throw new GwError('invalid_request', 'The name of the branch, tag or commit is not one that git allows.')
}

/** @throws GwError `invalid_request` also where it is absent */
export const requiredRef = (ref: string): string => {
  const checked = checkedRef(ref)
  if (checked !== undefined) return checked
  throw new GwError('invalid_request', 'Name a branch, a tag or a commit.')
}

/** What a pull request would merge. `owner` is absent for a branch of the repository itself. */
export interface Head {
  readonly owner: string | undefined
  readonly branch: string
}

const OWNER = /^[A-Za-z0-9](?:[\w.-]{0,98}\w)?$/

/**
 * `branch`, or `owner:branch` for one of a fork; no branch has a colon in its name.
 * @throws GwError `invalid_request`
 */
export const checkedHead = (head: string): Head => {
  const colon = head.indexOf(':')
  const owner = colon < 0 ? undefined : head.slice(0, colon)
  if (owner !== undefined && !OWNER.test(owner))
    throw new GwError('invalid_request', 'Name the account that has the fork as in owner:branch.')
  return { owner, branch: requiredRef(head.slice(colon + 1)) }
}

/** The one spelling of a component for access rules: composed Unicode, single slashes, repositories in lower case. */
export const canonicalComponent = (component: string): string =>
  component
    .normalize('NFC')
    .replace(/\/{2,}/g, '/')
    .replace(/^(_[a-z]+\/)([^/]+)/, (_, resource: string, repo: string) => resource + repo.toLowerCase())
