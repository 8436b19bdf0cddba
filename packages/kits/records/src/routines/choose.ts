/** Arguments → one variant of a routine, and the values of its parameters. */
import { GwError } from '@gw/core'
import { castStored } from '../cast.ts'
import type { Field } from '../catalog.ts'
import { type Lookup, resolveText } from '../lookups.ts'
import type { Given } from './request.ts'
import { isInput, type Routine, type RoutineGroup, type RoutineParameter } from './routine.ts'

const refuse = (message: string): never => {
  throw new GwError('invalid_request', message)
}

/** What is given for each parameter; `undefined` where nothing is. A variant that lacks a place for one has none. */
type Placed = readonly ({ readonly value: unknown } | undefined)[]

const placedByPosition = ({ parameters }: Routine, values: readonly unknown[]): Placed | undefined => {
  const inputs = parameters.filter(isInput)
  // A list that is as long as all parameters together has a place for OUT ones, too.
  const places = values.length <= inputs.length ? inputs : values.length === parameters.length ? parameters : undefined
  return (
    places &&
    parameters.map((parameter) => {
      const at = places.indexOf(parameter)
      return isInput(parameter) && at >= 0 && at < values.length ? { value: values[at] } : undefined
    })
  )
}

/** OUT parameters may be named, as clients do that list all of them; their values mean nothing. */
const placedByName = (
  { parameters }: Routine,
  values: Extract<Given, { by: 'name' }>['values'],
): Placed | undefined => {
  const names = new Set(parameters.map(({ name }) => name.toLowerCase()))
  if ([...values.keys()].some((name) => !names.has(name))) return undefined
  return parameters.map((parameter) => (isInput(parameter) ? values.get(parameter.name.toLowerCase()) : undefined))
}

const placed = (routine: Routine, given: Given): Placed | undefined =>
  given.by === 'name' ? placedByName(routine, given.values) : placedByPosition(routine, given.values)

/** How many parameters would be left to a default, and to null. */
const missing = ({ parameters }: Routine, places: Placed) => {
  const open = parameters.filter((parameter, at) => isInput(parameter) && places[at] === undefined)
  const toNull = open.filter((parameter) => parameter.default === undefined && !parameter.variadic).length
  return { toNull, toDefault: open.length - toNull }
}

interface Fit {
  readonly routine: Routine
  readonly places: Placed
}

/** Those that leave the least open: first to null, then to a default. */
const closest = (fits: readonly Fit[]): readonly Fit[] => {
  const cost = ({ routine, places }: Fit): number => {
    const { toNull, toDefault } = missing(routine, places)
    return toNull * 1_000 + toDefault
  }
  const least = Math.min(...fits.map(cost))
  return fits.filter((fit) => cost(fit) === least)
}

const signature = ({ name, parameters }: Routine): string =>
  `${name}(${parameters
    .filter(isInput)
    .map((one) => `${one.named ? `${one.name} ` : ''}${one.dbType}`)
    .join(', ')})`

/** What to say where nothing fits a routine without variants. */
const misfit = (routine: Routine, given: Given): never => {
  const inputs = routine.parameters.filter(isInput)
  if (given.by === 'position') {
    return refuse(
      `The ${routine.kind} '${routine.name}' takes ${inputs.length} argument(s), not ${given.values.length}.`,
    )
  }
  const names = new Set(routine.parameters.map(({ name }) => name.toLowerCase()))
  const [, stray] = [...given.values].find(([key]) => !names.has(key))!
  const known = inputs.map(({ name }) => name).join(', ')
  return refuse(
    `Unknown parameter '${stray.name}' for the ${routine.kind} '${routine.name}'. ${known ? `It takes: ${known}.` : 'It takes none.'}`,
  )
}

const choose = ({ name, kind, variants }: RoutineGroup, spelled: string, given: Given): Fit => {
  const exact = variants.filter((one) => one.name === spelled)
  const candidates = exact.length > 0 ? exact : variants
  const fits = candidates.flatMap((routine) => {
    const places = placed(routine, given)
    return places ? [{ routine, places }] : []
  })
  const best = closest(fits)
  if (best.length === 1) return best[0]!
  if (best.length > 1) {
    const known = best.map(({ routine }) => signature(routine)).join('; ')
    return refuse(`Several variants of the ${kind} '${name}' fit these arguments: ${known}. Give them by name.`)
  }
  return candidates.length === 1
    ? misfit(candidates[0]!, given)
    : refuse(`No variant of the ${kind} '${name}' takes these arguments: ${candidates.map(signature).join('; ')}.`)
}

/** A parameter as a field, for casting and for a source's conversions. */
export const parameterField = ({ name, type, dbType, length, precision, scale }: RoutineParameter): Field => ({
  name,
  native: name,
  type,
  dbType,
  length,
  precision,
  scale,
  nullable: true,
  autoIncrement: false,
  generated: false,
  primaryKey: false,
  unique: false,
})

const castArgument = (parameter: RoutineParameter, value: unknown, lookup: Lookup): unknown => {
  const resolved = typeof value === 'string' ? resolveText(value, lookup) : value
  try {
    return castStored(parameterField(parameter), resolved)
  } catch (error) {
    if (!GwError.is(error)) throw error
    throw new GwError(error.code, error.message.replace(/^Field/, 'Parameter'))
  }
}

/**
 * The variant that arguments mean, and its values in the order of its parameters: `undefined` where the source's
 * default holds, null where there is none.
 * @param spelled the name as the caller wrote it; it counts where names differ in case only
 * @throws GwError `invalid_request` where none fits, or more than one does equally well
 */
export const chooseVariant = (
  group: RoutineGroup,
  spelled: string,
  given: Given,
  lookup: Lookup,
): { readonly routine: Routine; readonly args: readonly unknown[] } => {
  const { routine, places } = choose(group, spelled, given)
  const args = routine.parameters.map((parameter, at) => {
    const place = places[at]
    if (place) return castArgument(parameter, place.value, lookup)
    return isInput(parameter) && parameter.default === undefined && !parameter.variadic ? null : undefined
  })
  return { routine, args }
}
