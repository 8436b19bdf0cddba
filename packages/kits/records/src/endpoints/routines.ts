/** `/_proc` and `/_func`: lists of routines, and calls (the wire contract §7). Only where the source has them. */
import {
  type Call,
  type Endpoint,
  endpoint,
  type Grant,
  GwError,
  type Reply,
  type Resource,
  rows,
  type Schema,
} from '@gw/core'
import { z } from 'zod'
import type { Kit } from '../execute/work.ts'
import { parseIds } from '../params/fields.ts'
import { inSchema } from '../params/names.ts'
import type { RecordsParams } from '../params/query.ts'
import { chooseVariant } from '../routines/choose.ts'
import {
  describeRoutine,
  routineBodySchema,
  routineComponent,
  routineItem,
  routineReplySchema,
} from '../routines/describe.ts'
import { readRoutineRequest, splitInline } from '../routines/request.ts'
import { ROUTINE_BRANCH, type RoutineCatalog, type RoutineKind, type RoutineSource } from '../routines/routine.ts'
import { shapeResult } from '../routines/shape.ts'
import { queries } from './parameters.ts'
import { documentedAs } from './shapes.ts'

type Entries = Readonly<Record<string, unknown>>

/** How the endpoints of one kind speak of it. */
interface Words {
  readonly kind: RoutineKind
  readonly Name: 'Procedure' | 'Function'
  /** In the path. */
  readonly placeholder: 'procedure_name' | 'function_name'
  readonly about: string
}
const WORDS: Readonly<Record<RoutineKind, Words>> = {
  procedure: {
    kind: 'procedure',
    Name: 'Procedure',
    placeholder: 'procedure_name',
    about: 'Rows are answered as a bare array, several row sets as an array of arrays, OUT parameters by name.',
  },
  function: {
    kind: 'function',
    Name: 'Function',
    placeholder: 'function_name',
    about: 'A function of one value answers that value, one of rows a bare array of them.',
  },
}

/** Documents the parameters and lets everything pass: which ones there are is the routine's to say. */
const callQuery: Schema<Entries, Entries> = {
  '~standard': {
    version: 1,
    vendor: 'gw',
    validate: (value) => ({ value: (value ?? {}) as Entries }),
    jsonSchema: z.object({
      returns: z
        .string()
        .optional()
        .meta({ description: 'A scalar type: answer the first value of the first row as such.' }),
      wrapper: z.string().optional().meta({ description: 'The key under which the rows are put.' }),
      refresh: z.boolean().optional().meta({ description: "Read the source's routines anew first." }),
    })['~standard'].jsonSchema,
  },
}

const catalogFor = (
  routines: RoutineSource,
  refresh: boolean | undefined,
  signal: AbortSignal,
): Promise<RoutineCatalog> => (refresh ? routines.refresh(signal) : routines.load(signal))

const unknown = ({ Name }: Words, name: string): GwError =>
  new GwError('not_found', `${Name} '${name}' does not exist in the database.`)

/** Rows and fields are a table's: a routine can not keep a rule about them, so a role that has one may not call it. */
const refuseObligations = (name: string, grants: readonly Grant[]): void => {
  if (grants.every(({ filters, deny }) => filters.length === 0 && deny.length === 0)) return
  throw new GwError(
    'forbidden',
    `The role limits rows or fields here, which '${name}' could get round. Ask an administrator to grant it by a rule of its own.`,
  )
}

const listEndpoint = (routines: RoutineSource, words: Words): Endpoint => {
  const { kind, Name } = words
  const branch = ROUTINE_BRANCH[kind]
  const items = (call: Call<unknown, RecordsParams, unknown>, catalog: RoutineCatalog) => {
    return catalog.groups
      .filter(({ kind: of, name, variants }) => of === kind && inSchema({ ...variants[0], name }, call.query.schema))
      .flatMap((group) => routineItem(call, group) ?? [])
  }
  return endpoint({
    id: `get${Name}s`,
    method: 'GET',
    path: `/${branch}`,
    tags: [`${Name}s`],
    summary: `List stored ${kind}s`,
    description: `Lists the stored ${kind}s that the caller may use, or describes those that ids names in full: one item for each variant.`,
    query: queries.names,
    response: documentedAs({
      type: 'object',
      properties: { resource: { type: 'array', items: { anyOf: [{ type: 'object' }, { type: 'string' }] } } },
      required: ['resource'],
    }),
    errors: ['not_found'],
    async handle(call): Promise<Reply> {
      const catalog = await catalogFor(routines, call.query.refresh, call.signal)
      const { ids } = call.query
      if (ids === undefined) return rows({ items: items(call, catalog), identifier: ['name'], listing: true })
      const described = parseIds(ids).flatMap((id) => {
        const group = catalog.find(kind, String(id))
        if (!group) throw unknown(words, String(id))
        call.access(routineComponent(group), 'GET')
        return group.variants.map((routine) => describeRoutine(call, routine, group))
      })
      return rows({ items: described, identifier: ['name'] })
    },
  })
}

/** What makes the documentation of one routine out of that of any. */
const refineWith =
  (routines: RoutineSource, { kind }: Words) =>
  (resource: Resource) => {
    const group = routines.known()?.find(kind, resource.component.split('/').slice(1).join('/'))
    return (
      group && {
        body: documentedAs(routineBodySchema(group.variants)),
        response: documentedAs(routineReplySchema(group.variants)),
      }
    )
  }

const callEndpoints = (routines: RoutineSource, words: Words): readonly Endpoint[] => {
  const { kind, Name, placeholder, about } = words
  const branch = ROUTINE_BRANCH[kind]
  const handle = async (call: Call<Entries, Entries, unknown>): Promise<Reply> => {
    const { name, inline } = splitInline(String(call.params[placeholder]))
    const request = readRoutineRequest(call.query, call.body, inline)
    const catalog = await catalogFor(routines, request.refresh, call.signal)
    const group = catalog.find(kind, name)
    if (!group) throw unknown(words, name)
    // Asked again: when the call came in, the catalogue that tells spellings apart may not have been read yet.
    refuseObligations(group.name, [call.grant, call.access(routineComponent(group))])
    const { routine, args } = chooseVariant(group, name, request.given, (lookup) => call.caller.lookup(lookup))
    return shapeResult(await routines.call(routine, args, { signal: call.signal }), request)
  }
  const path = z.object({
    [placeholder]: z.string().meta({ description: 'Its name, any case; arguments may follow it in parentheses.' }),
  })
  const common = {
    path: `/${branch}/{${placeholder}}`,
    component: `${branch}/{${placeholder}}`,
    tags: [`${Name}s`],
    summary: `Call a stored ${kind}`,
    params: {
      '~standard': {
        version: 1,
        vendor: 'gw',
        validate: (value: unknown) => ({ value: value as Entries }),
        jsonSchema: path['~standard'].jsonSchema,
      },
    } as Schema<Entries, Entries>,
    query: callQuery,
    body: documentedAs(routineBodySchema()),
    bodyOptional: true,
    response: documentedAs(routineReplySchema()),
    errors: ['invalid_request', 'not_found', 'internal'],
    refine: refineWith(routines, words),
    // Nobody knows what it writes, and whether it commits: also a GET must not be taken for one that is undone.
    keeps: [],
    handle,
  } as const
  return [
    endpoint({
      ...common,
      id: `get${Name}Result`,
      method: 'GET',
      description: `Calls a stored ${kind} with arguments from the path, name(1,2), or from the query string by name. ${about}`,
    }),
    endpoint({
      ...common,
      id: `call${Name}`,
      method: 'POST',
      description: `Calls a stored ${kind} with arguments from the body's params, from the path, or from the query string. ${about}`,
    }),
  ]
}

/** None where the source has no routines: their paths are then unknown. */
export const routineEndpoints = ({ source: { routines } }: Kit): readonly Endpoint[] =>
  routines
    ? routines.kinds.flatMap((kind) => [listEndpoint(routines, WORDS[kind]), ...callEndpoints(routines, WORDS[kind])])
    : []
