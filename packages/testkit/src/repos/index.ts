/** The suite for every source control service. */
import { about, type Check, type Suite } from '../check.ts'
import { bind } from '../suite.ts'
import {
  closeRepositories,
  openRepositories,
  type RepositoriesConformanceOptions,
  type RepositoriesContext,
} from './context.ts'
import { discussionChecks } from './discussions.ts'
import { fileChecks } from './files.ts'
import { readChecks } from './reading.ts'
import { rightChecks } from './rights.ts'
import { wireChecks } from './wire.ts'

export {
  closeRepositories,
  openRepositories,
  type RepositoriesConformanceOptions,
  type RepositoriesSubject,
} from './context.ts'

/** The capabilities that this suite proves: for `conformance({ proven })`. */
export const REPOSITORIES_PROVEN: readonly string[] = ['repositories']

export const repositoryChecks: readonly Check<RepositoriesContext>[] = about(
  ['repositories'],
  [...wireChecks, ...readChecks, ...fileChecks, ...discussionChecks, ...rightChecks],
)

/** What defines a working source control service, against a host of its own. */
export const repositoriesSuite = (options: RepositoriesConformanceOptions): Suite<RepositoriesContext> => ({
  family: 'repositories',
  title: `${options.type.name} keeps repositories`,
  checks: repositoryChecks,
  open: () => openRepositories(options),
  close: closeRepositories,
})

/** Declares it with vitest. */
export const repositoriesConformance = (options: RepositoriesConformanceOptions): void =>
  bind(repositoriesSuite(options))
