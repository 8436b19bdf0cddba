/** The suite for every source control service. */
import type { Check } from '../check.ts'
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

export const repositoryChecks: readonly Check<RepositoriesContext>[] = [
  ...wireChecks,
  ...readChecks,
  ...fileChecks,
  ...discussionChecks,
  ...rightChecks,
]

/** Declares the vitest suite that defines a working source control service, against a host of its own. */
export const repositoriesConformance = (options: RepositoriesConformanceOptions): void =>
  bind({
    title: `${options.type.name} keeps repositories`,
    checks: repositoryChecks,
    open: () => openRepositories(options),
    close: closeRepositories,
  })
