/** Secrets in a document: each stands there as the name of a variable, and never as itself. */
import { createHash } from 'node:crypto'

/** `$${env:X}` is how the text `${env:X}` itself is written. */
const REFERENCE = /(?<!\$)\$\{(?:env|file):[^}]*\}/
const ANY_REFERENCE = /\$\{(?:env|file):/g

/** Whether a value is to come from the environment or a file. */
export const isReference = (value: unknown): value is string => typeof value === 'string' && REFERENCE.test(value)

/** A text that is nothing but itself when references are put in. */
export const escaped = (text: string): string => text.replace(ANY_REFERENCE, (start) => `$${start}`)
/** The text that `escaped` was made of. */
export const unescaped = (text: string): string => text.replaceAll(/\$(\$\{(?:env|file):)/g, '$1')

const word = (part: string): string =>
  part
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()

export interface ReferenceNames {
  /** The reference of a place: the same for the same one, in every export. */
  of(...place: readonly string[]): string
  /** All that were given, sorted. */
  names(): readonly string[]
}

/** Gives names: `GW_SHOP_PASSWORD` for the place `shop`, `password`. */
export const referenceNames = (): ReferenceNames => {
  const places = new Map<string, string>()
  return {
    of(...place) {
      const whole = place.join('\n')
      const plain = ['GW', ...place.map(word).filter((part) => part !== '')].join('_')
      const other = places.get(plain)
      // Two places that are spelled alike are told apart by what they are.
      const digest = createHash('sha256').update(whole).digest('hex').slice(0, 8).toUpperCase()
      const name = other === undefined || other === whole ? plain : `${plain}_${digest}`
      places.set(name, whole)
      return `\${env:${name}}`
    },
    names: () => [...places.keys()].sort(),
  }
}
