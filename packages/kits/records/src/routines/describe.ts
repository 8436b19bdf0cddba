/** Routines as lists and documents show them (the wire contract §7.1). */
import type { Call } from '@gw/core'
import { labelOf, MASK, verbsOn } from '../describe.ts'
import { isInput, ROUTINE_BRANCH, type Routine, type RoutineGroup, type RoutineParameter } from './routine.ts'

type Asker = Pick<Call, 'access'>

/** What a role's rules call a routine: all variants of it. */
export const routineComponent = ({ kind, name }: Pick<RoutineGroup, 'kind' | 'name'>): string =>
  `${ROUTINE_BRANCH[kind]}/${name}`

/** An item of the list of names; `undefined` where the caller may do nothing with it. */
export const routineItem = (call: Asker, group: RoutineGroup): Record<string, unknown> | undefined => {
  const access = verbsOn(call, routineComponent(group))
  if (access.length === 0) return undefined
  return {
    alias: null,
    name: group.name,
    label: labelOf(group.name),
    description: group.variants[0]?.description ?? null,
    native: [],
    access,
  }
}

const describeParameter = (parameter: RoutineParameter, at: number): Record<string, unknown> => ({
  name: parameter.name,
  position: at + 1,
  param_type: parameter.mode,
  type: parameter.type,
  db_type: parameter.dbType,
  length: parameter.length ?? null,
  precision: parameter.precision ?? null,
  scale: parameter.scale ?? null,
  default: parameter.default ?? null,
})

const returnType = ({ returns }: Routine): string | null => {
  if (!returns || returns.kind === 'none') return null
  return returns.kind === 'rows' ? 'TABLE' : (returns.type ?? null)
}

/** One variant in full. */
export const describeRoutine = (call: Asker, routine: Routine, group: RoutineGroup): Record<string, unknown> => ({
  alias: null,
  name: routine.name,
  label: labelOf(routine.name),
  description: routine.description ?? null,
  native: [],
  return_type: returnType(routine),
  return_schema: routine.returns?.columns?.map(({ name, type, dbType }) => ({ name, type, db_type: dbType })) ?? null,
  params: routine.parameters.map(describeParameter),
  access: verbsOn(call, routineComponent(group)).reduce((mask, verb) => mask | MASK[verb], 0),
})

type JsonSchema = Record<string, unknown>

const parametersSchema = ({ parameters }: Routine): JsonSchema => {
  const inputs = parameters.filter(isInput)
  return {
    type: 'object',
    properties: Object.fromEntries(
      inputs.map(({ name, dbType, default: initial }) => [
        name,
        { description: `${dbType}${initial === undefined ? '' : `; by default ${initial}`}` },
      ]),
    ),
  }
}

const ROWS: JsonSchema = { type: 'array', items: { type: 'object' } }

/** What any routine takes: §7.2. */
export const routineBodySchema = (routines: readonly Routine[] = []): JsonSchema => ({
  type: 'object',
  properties: {
    params: {
      description:
        'The arguments: by name, as a list of objects with name and value, or by position. Without them, those in the path or the query string count.',
      anyOf: [
        ...(routines.length > 0 ? routines.map(parametersSchema) : [{ type: 'object' }]),
        {
          type: 'array',
          items: { type: 'object', properties: { name: { type: 'string' }, value: {} }, required: ['name'] },
        },
        { type: 'array' },
      ],
    },
    returns: { type: 'string', description: 'A scalar type: answer the first value of the first row as such.' },
    wrapper: { type: 'string', description: 'The key under which the rows are put.' },
    schema: {
      type: 'object',
      description: 'Types by field, to which results and OUT values are cast.',
      additionalProperties: { type: 'string' },
    },
  },
})

/** What any routine may answer: §7.3. */
export const routineReplySchema = (routines: readonly Routine[] = []): JsonSchema => {
  const outs = routines.flatMap(({ parameters }) => parameters.filter(({ mode }) => mode !== 'IN'))
  return {
    anyOf: [
      ROWS,
      { type: 'array', items: ROWS, description: 'Several row sets.' },
      {
        type: 'object',
        description: 'OUT and INOUT parameters by name, with the rows under resource, or under the wrapper.',
        ...(outs.length > 0 && {
          properties: Object.fromEntries(outs.map(({ name, dbType }) => [name, { description: dbType }])),
        }),
      },
      { description: 'The value of a function, or the one that returns asks for.' },
    ],
  }
}
