/** What has changed between two sets of declarations, and whether the version of the contract says so. */
import { parseSync } from 'oxc-parser'
import type { Declarations } from './declarations.ts'

export interface Change {
  /** The entry: `contract`. */
  readonly entry: string
  /** `words`: comments only, which are the specification all the same. */
  readonly of: 'shape' | 'words'
}

/** A text without comments and empty lines. */
const shapeOf = (name: string, text: string): string => {
  const { comments } = parseSync(`${name}.d.ts`, text)
  const bare = comments.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text)
  return bare
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}

export const changesBetween = (before: Declarations, after: Declarations): readonly Change[] => {
  const entries = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return entries.flatMap((entry): Change[] => {
    const [was, is] = [before[entry] ?? '', after[entry] ?? '']
    if (was === is) return []
    return [{ entry, of: shapeOf(entry, was) === shapeOf(entry, is) ? 'words' : 'shape' }]
  })
}

/** The entry that is the contract with connectors: the package's first. */
export const CONTRACT = 'contract'

const versionIn = (texts: Declarations): string | undefined =>
  /CONTRACT_VERSION = "([^"]+)"/.exec(texts[CONTRACT] ?? '')?.[1]

/**
 * The version that the contract still has though its shape is another; `undefined` where all is well. Whoever asks a
 * gateway for `^1.6` has to get what 1.6 was when they wrote against it.
 */
export const versionToRaise = (before: Declarations, after: Declarations): string | undefined => {
  const changed = changesBetween(before, after).some(({ entry, of }) => entry === CONTRACT && of === 'shape')
  const version = versionIn(after)
  return changed && versionIn(before) === version ? (version ?? 'none') : undefined
}
