/** Runs a variant through its suite, and says which checks noticed. */
import { type Check, runSuite } from '../../src/index.ts'
import type { Variant } from './index.ts'

export interface Measured extends Variant {
  /** The checks that failed. */
  readonly failed: readonly string[]
  /** One that was to notice is among them. */
  readonly named: boolean
  /** milliseconds */
  readonly took: number
}

/**
 * @param whole runs every check of the suite; otherwise those that are to notice alone, but for services: what these
 *   say is looked at by a check that hears all others
 */
export const measure = async (variant: Variant, whole: boolean): Promise<Measured> => {
  const { of, caughtBy } = variant
  const wanted = ({ name }: Check<unknown>) =>
    whole || of === 'a service' || caughtBy === undefined || caughtBy.test(name)
  const began = performance.now()
  const outcomes = await runSuite(await variant.suite(), wanted)
  const failed = outcomes.filter(({ state }) => state === 'failed').map(({ name }) => name)
  return {
    ...variant,
    failed,
    named: caughtBy !== undefined && failed.some((name) => caughtBy.test(name)),
    took: performance.now() - began,
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** As a table in Markdown: what was caught, by how many checks, and by which. */
export const tableOf = (all: readonly Measured[]): string =>
  [
    '| Made from | Wrong in that it | Noticed by | First |',
    '|---|---|--:|---|',
    ...all.map(
      ({ of, what, failed, caughtBy }) =>
        `| ${of} | ${cell(what)} | ${failed.length} | ${cell(failed.find((name) => caughtBy?.test(name)) ?? failed[0] ?? '**nothing**')} |`,
    ),
  ].join('\n')
