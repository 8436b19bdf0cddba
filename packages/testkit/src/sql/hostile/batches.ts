/** Hostile batches: in their steps, in what these ask for, and in what their references say. */
import fc from 'fast-check'
import type { Ask } from '../../harness.ts'
import { at } from '../../records/context.ts'
import { corpusCheck } from './corpus.ts'
import { relatedAsked } from './related.ts'
import { record, recordsAsked } from './requests.ts'
import { anyValue, hostile, pathable, quoted } from './text.ts'

const C = at('customers')
const ref = (path: unknown) => ({ $ref: path })

interface Step {
  readonly method?: string | undefined
  readonly path: string
  readonly [member: string]: unknown
}

/** What the first step has answered, which is hostile text that was stored; or a number. */
const stored = fc.constantFrom('a.resource.0.name', 'a.resource.0.email', '0.resource.0.name').map(ref)
const number = fc.constantFrom('a.resource.0.id', '0.resource.0.id').map(ref)
/** In the place of a value: mostly one that leads somewhere. */
const value = fc.oneof(
  { weight: 8, arbitrary: stored },
  { weight: 2, arbitrary: fc.constant(ref(['a', 'resource', 0, 'name'])) },
  { weight: 2, arbitrary: hostile.map((text) => ({ $value: text })) },
  { weight: 2, arbitrary: hostile },
  { weight: 1, arbitrary: hostile.map(ref) },
  { weight: 1, arbitrary: hostile.map((text) => ref(`a.resource.0.${text}`)) },
  { weight: 1, arbitrary: hostile.map((text) => ref(['a', text, 0])) },
  { weight: 1, arbitrary: hostile.map((text) => ({ $ref: 'a.resource.0.name', [text]: text })) },
  { weight: 1, arbitrary: anyValue.map((text) => ({ $value: text })) },
  { weight: 1, arbitrary: anyValue.map(ref) },
)

/** Steps that use what the first one answered. */
const using: fc.Arbitrary<Step> = fc.oneof(
  value.map((kind): Step => ({ method: 'POST', path: at('journal'), body: [{ kind }] })),
  fc
    .tuple(value, value)
    .map(([name, email]): Step => ({ method: 'POST', path: C, body: { resource: [{ name, email, active: true }] } })),
  fc.tuple(value, value).map(([name, bound]): Step => {
    return { method: 'PATCH', path: C, body: { resource: [{ name }], filter: 'name = :n', params: { ':n': bound } } }
  }),
  fc.tuple(value, quoted).map(([bound, text]): Step => {
    return { method: 'GET', path: C, body: { filter: `(email = :e) OR (name = ${text})`, params: { ':e': bound } } }
  }),
  value.map((ids): Step => ({ method: 'GET', path: C, query: { id_field: 'name', id_type: 'string' }, body: { ids } })),
  number.map((ids): Step => ({ method: 'GET', path: C, query: { related: '*' }, body: { ids: [ids] } })),
  number.map((bound): Step => {
    return { method: 'GET', path: at('orders'), body: { filter: 'customer_id = :c', params: { ':c': bound } } }
  }),
  fc.tuple(number, value).map(([id, name]): Step => ({ method: 'PUT', path: C, body: { resource: [{ id, name }] } })),
  fc.oneof(number, value).map((ids): Step => ({ method: 'DELETE', path: C, body: { ids: [ids] } })),
)
/** Any other call made a step. */
const ordinary: fc.Arbitrary<Step> = fc
  .oneof(recordsAsked, relatedAsked)
  .map(({ headers, ...ask }): Step => ({ ...ask, method: headers ? 'GET' : (ask.method ?? 'GET') }))
/** No step at all, or one about something else than records. */
const wrong: fc.Arbitrary<Step> = fc.oneof(
  hostile.map((id): Step => ({ id, method: 'GET', path: C })),
  hostile.map((method): Step => ({ method, path: C })),
  pathable.map((path): Step => ({ method: 'GET', path })),
  pathable.map((path): Step => ({ method: 'GET', path: `_table/../_schema/${path}` })),
  hostile.map((key): Step => ({ method: 'GET', path: C, [key]: key })),
  hostile.map((filter): Step => ({ method: 'GET', path: C, query: { [filter]: filter, filter: { filter } } })),
  anyValue.map((filter): Step => ({ method: 'DELETE', path: C, body: { filter: ref(filter) } })),
  anyValue.map((body): Step => ({ method: 'POST', path: C, body })),
)

const person = fc.tuple(hostile, hostile).map(([name, email]) => ({ name, email, active: true }))
const first = fc.oneof({ weight: 9, arbitrary: person }, { weight: 1, arbitrary: record }).map((one): Step => {
  return { id: 'a', method: 'POST', path: C, query: { fields: 'id,name,email' }, body: { resource: [one] } }
})
const steps = fc
  .tuple(
    first,
    fc.array(fc.oneof({ weight: 8, arbitrary: using }, { weight: 1, arbitrary: ordinary }), { maxLength: 3 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(wrong) }),
  )
  .map(([one, more, last]) => [one, ...more, ...last])

const asked: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 20, arbitrary: steps.map((some): Ask => ({ method: 'POST', path: '_batch', body: { steps: some } })) },
  {
    weight: 1,
    arbitrary: fc.tuple(steps, hostile).map(
      ([some, key]): Ask => ({
        method: 'POST',
        path: '_batch',
        body: { steps: some, [key]: key },
        query: { [key]: key },
      }),
    ),
  },
  { weight: 1, arbitrary: anyValue.map((some): Ask => ({ method: 'POST', path: '_batch', body: { steps: some } })) },
)

export const batchChecks = [corpusCheck({ name: 'batches', asked, reaching: 0.5 })]
