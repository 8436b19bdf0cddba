/** Secrets that are recognized in whatever form they come out, and configurations that hold one in every place for one. */
import type { JsonSchema } from '../src/secrets/config.ts'

export interface Canaries {
  /** A new one, of its own. @param place where it is put, for who finds it elsewhere */
  make(place: string): string
  /** One that was made elsewhere. */
  know(place: string, value: string): void
  /** Places of those that a text holds, and the form. */
  foundIn(text: string): readonly string[]
  readonly places: readonly string[]
}

/** What stays of a text in base64, whatever stands before and after it. */
const inBase64 = (value: string): readonly string[] =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.from(value)
    const start = before === 0 ? 0 : 3 - before
    const whole = Math.floor((bytes.length - start) / 3) * 3
    return bytes.subarray(start, start + whole).toString('base64')
  })

const formsOf = (value: string): Readonly<Record<string, readonly string[]>> => ({
  'as it is': [value],
  'in base64': inBase64(value),
  'in base64url': inBase64(value).map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  'in hex': [Buffer.from(value).toString('hex'), Buffer.from(value).toString('hex').toUpperCase()],
  'in a URL': [encodeURIComponent(value), new URLSearchParams({ v: value }).toString().slice(2)],
  'in JSON': [JSON.stringify(value).slice(1, -1), JSON.stringify(JSON.stringify(value)).slice(3, -3)],
  'in XML': [value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')],
})

export const canaries = (): Canaries => {
  const known = new Map<string, Readonly<Record<string, readonly string[]>>>()
  return {
    make(place) {
      const number = String(known.size).padStart(3, '0')
      // With characters that every way of writing writes in its own way.
      const value = `cAnArY${number}"&<é/+ ~${number}Yx`
      known.set(place, formsOf(value))
      return value
    },
    know: (place, value) => void known.set(place, formsOf(value)),
    foundIn: (text) =>
      [...known].flatMap(([place, forms]) =>
        Object.entries(forms)
          .filter(([, spellings]) => spellings.some((spelling) => text.includes(spelling)))
          .map(([form]) => `${place}, ${form}`),
      ),
    get places() {
      return [...known.keys()]
    },
  }
}

/**
 * What settings need to be that are no secrets and have no default. A function makes a secret's value of its canary,
 * where only a certain form is taken; `{}` is the name of an entry where any may be made up.
 */
export type Settings = Readonly<Record<string, unknown>>

const isSecret = ({ writeOnly, format }: JsonSchema): boolean => writeOnly === true || format === 'password'
const shapesOf = (schema: JsonSchema): readonly JsonSchema[] => [
  schema,
  ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list ?? []).flatMap(shapesOf)),
]
const holdsSecret = (schema: JsonSchema): boolean =>
  shapesOf(schema).some(
    (one) =>
      isSecret(one) ||
      Object.values(one.properties ?? {}).some(holdsSecret) ||
      [one.items, one.additionalProperties].some((inner) => typeof inner === 'object' && holdsSecret(inner)),
  )

/** A value with a canary in every place for a secret; what else is required is as `settings` say. */
export const filledWith = (schema: JsonSchema, settings: Settings, make: Canaries['make'], place: string): unknown => {
  if (shapesOf(schema).some(isSecret)) return make(place)
  const shape = shapesOf(schema).find(
    (one) => one.properties || one.items || typeof one.additionalProperties === 'object',
  )
  if (!shape) return undefined
  if (typeof shape.items === 'object') return [filledWith(shape.items, settings, make, `${place}[]`)]
  if (!shape.properties)
    return {
      [String(settings['{}'] ?? 'canary')]: filledWith(
        shape.additionalProperties as JsonSchema,
        settings,
        make,
        `${place}{}`,
      ),
    }
  const required = new Set(shape.required ?? [])
  return Object.fromEntries(
    Object.entries(shape.properties).flatMap(([name, inner]): readonly (readonly [string, unknown])[] => {
      const form = settings[name]
      if (holdsSecret(inner)) {
        const value = filledWith(inner, settings, make, `${place}.${name}`)
        return [[name, typeof form === 'function' ? form(value) : value]]
      }
      if (Object.hasOwn(settings, name)) return [[name, settings[name]]]
      return required.has(name) && inner.default === undefined ? [[name, inner.enum?.[0] ?? 'x']] : []
    }),
  )
}
