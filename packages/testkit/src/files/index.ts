/** The suite for every file service. */
import { about, type Check, type Suite } from '../check.ts'
import { bind } from '../suite.ts'
import { archiveChecks } from './archives.ts'
import { closeFiles, type FilesConformanceOptions, type FilesContext, openFiles } from './context.ts'
import { folderChecks } from './folders.ts'
import { hostileChecks } from './hostile.ts'
import { leavingChecks } from './leaving.ts'
import { publishedChecks } from './published.ts'
import { readChecks } from './reading.ts'
import { rightChecks } from './rights.ts'
import { writeChecks } from './writing.ts'

export { closeFiles, type FilesConformanceOptions, type FilesSubject, openFiles } from './context.ts'
export { hostileNames } from './hostile.ts'

/** The capabilities that this suite proves: for `conformance({ proven })`. */
export const FILES_PROVEN: readonly string[] = ['files']

export const filesChecks: readonly Check<FilesContext>[] = about(
  ['files'],
  [
    ...folderChecks,
    ...readChecks,
    ...writeChecks,
    ...archiveChecks,
    ...rightChecks,
    ...publishedChecks,
    ...hostileChecks,
    ...leavingChecks,
  ],
)

/** What defines a working file service, against a store of its own. */
export const filesSuite = (options: FilesConformanceOptions): Suite<FilesContext> => ({
  family: 'files',
  title: `${options.type.name} keeps files`,
  checks: filesChecks,
  open: () => openFiles(options),
  close: closeFiles,
  timeout: 600_000,
})

/** Declares it with vitest. */
export const filesConformance = (options: FilesConformanceOptions): void => bind(filesSuite(options))
