import { describe, expect, it } from 'vitest'
import type { AccessRow, Role } from '../src/governance.ts'
import { compilePolicy, joinGrants } from '../src/policy/policy.ts'

const row = (
  service: string | null,
  component: string,
  verbMask: number,
  more: Partial<AccessRow> = {},
): AccessRow => ({
  service,
  component,
  verbMask,
  requestorMask: 1,
  ...more,
})
const role = (access: readonly AccessRow[], active = true): Role => ({ id: 1, name: 'r', active, access })
const mask = (access: readonly AccessRow[], service: string, component: string) =>
  compilePolicy(role(access)).mask(service, component, 'api')

const contact = [row('db', '_table/*', 1), row('db', '_table/contact', 0)]

describe('the matching table of the wire contract', () => {
  // biome-ignore format: reads as a table
  const cases: readonly (readonly [string, readonly AccessRow[], string, string, number])[] = [
    ['an exact row overrides a wildcard', contact, 'db', '_table/contact', 0],
    ['an exact row does not cover children', contact, 'db', '_table/contact/5', 1],
    ['the all-services row applies where no own row matches', [row(null, '*', 1), row('db', '_table/a', 2)], 'db', '_table/b', 1],
    ['an own row hides the all-services row', [row(null, '*', 1), row('db', '_table/a', 2)], 'db', '_table/a', 2],
    ['a narrower wildcard cannot restrict a broader one', [row('db', '*', 31), row('db', '_table/*', 1)], 'db', '_table/x', 31],
    ['a root row allows the root', [row('db', '', 1)], 'db', '', 1],
    ['a root row allows nothing below', [row('db', '', 1)], 'db', '_schema', 0],
    ['a star covers the root', [row('db', '*', 1)], 'db', '', 1],
    ['a star covers everything below', [row('db', '*', 1)], 'db', '_table/x/1', 1],
    ['an all-services root row allows roots', [row(null, '', 1)], 'any', '', 1],
    ['an all-services root row allows nothing below', [row(null, '', 1)], 'any', 'x', 0],
    ['a plain row does not cover its children', [row('system', 'app', 1)], 'system', 'app/3', 0],
    ['a starred row covers itself', [row('system', 'app/*', 1)], 'system', 'app', 1],
    ['a starred row covers its children', [row('system', 'app/*', 1)], 'system', 'app/3', 1],
    ['a row for scripts is ignored for outside calls', [row('db', '*', 31, { requestorMask: 2 })], 'db', 'x', 0],
    ['a half-written name with a star is a prefix', [row('db', '_table/con*', 1)], 'db', '_table/contact', 1],
    ['case does not matter', [row('DB', '_Table/Contact', 1)], 'db', '_TABLE/contact', 1],
    ['slashes at the ends do not matter', [row('db', '/_table/contact/', 1)], 'db', '_table/contact', 1],
    ['inline arguments are cut out', [row('db', '_proc/total', 1)], 'db', '_proc/total(1,2)', 1],
    ['and of a function, in any case', [row('db', '_func/total', 1)], 'db', '/_FUNC/Total(1', 1],
    ['parentheses elsewhere belong to the name', [row('db', '_table/t', 1)], 'db', '_table/t(old)', 0],
    ['a name with parentheses can be granted', [row('db', '_table/t(old)', 1)], 'db', '_table/T(old)', 1],
    ['and grants nothing without them', [row('db', '_table/t(old)', 1)], 'db', '_table/t', 0],
    ['another service gets nothing', [row('db', '*', 31)], 'other', 'x', 0],
    ['no rows, nothing', [], 'db', '_table/x', 0],
  ]
  it.each(cases)('%s', (_name, access, service, component, expected) => {
    expect(mask(access, service, component)).toBe(expected)
  })
  it('gives an inactive role nothing', () => {
    expect(compilePolicy(role([row(null, '*', 31)], false)).authorize('db', 'x', 'GET', 'api')).toBeUndefined()
  })
})

describe('a list of names', () => {
  const lists = (access: readonly AccessRow[], requestor: 'api' | 'script' = 'api') =>
    compilePolicy(role(access)).lists('db', '_schema', requestor)

  it('is open to who may read anything of the service', () => {
    expect(lists([row('db', '_table/contact', 1)])).toBe(true)
    expect(lists([row('DB', '_schema/contact', 17)])).toBe(true)
  })
  it('is closed to who may only write, or read elsewhere, or asks in another way', () => {
    for (const access of [[], [row('db', '_table/contact', 2)], [row('other', '*', 31)], [row('db', '_table/a', 0)]])
      expect(lists(access)).toBe(false)
    expect(lists([row('db', '_table/contact', 1)], 'script')).toBe(false)
  })
  it('is closed where a row is about the list itself', () => {
    expect(lists([row('db', '_table/contact', 1), row('db', '_Schema/', 0)])).toBe(false)
  })
})

describe('templates, for docs', () => {
  it('are never met by a call, however its path is written', () => {
    const policy = compilePolicy(role([row('db', '_table/contact', 1), row('db', 'folder/*', 1)]))
    for (const path of ['_table/{table_name}', '_table/{contact}', '{folder}', '{a}/{b}'])
      expect(policy.authorize('db', path, 'GET', 'api'), path).toBeUndefined()
  })

  it.each([
    ['_table/contact', '_table/{table_name}', 1],
    ['_table/contact', '_table/{table_name}/{id}', 0],
    ['_table/contact/*', '_table/{table_name}/{id}', 1],
    ['_table/*', '_table/{table_name}', 1],
    ['_schema/*', '_table/{table_name}', 0],
    ['*', '_table/{table_name}', 1],
  ])('a row on %s shows %s with mask %i', (stored, template, expected) => {
    expect(mask([row('db', stored, 1)], 'db', template)).toBe(expected)
  })
})

describe('grants', () => {
  const filter = (name: string) => ({ op: 'AND' as const, conditions: [{ name, operator: '=', value: '1' }] })
  const policy = compilePolicy(
    role([
      row('db', '*', 1, { filter: filter('a'), deny: ['Secret'] }),
      row('db', '_table/*', 1, { filter: filter('b'), deny: ['other'] }),
      row('db', '_table/*', 2, { filter: filter('c') }),
    ]),
  )
  it('carry the filters and denied fields of all granting rows of the deciding level', () => {
    const grant = policy.authorize('db', '_table/x', 'GET', 'api')
    expect(grant?.filters.map((one) => one.conditions[0]?.name)).toEqual(['a', 'b'])
    expect(grant?.deny).toEqual(['secret', 'other'])
  })
  it('leave out rows that do not grant the verb', () => {
    expect(policy.authorize('db', '_table/x', 'POST', 'api')?.filters.map((one) => one.conditions[0]?.name)).toEqual([
      'c',
    ])
  })
  it('are the same object for the same rows', () => {
    expect(policy.authorize('db', '_table/x', 'GET', 'api')).toBe(policy.authorize('db', '_table/y/5', 'GET', 'api'))
  })
  it('join to all obligations of both, once and stably', () => {
    const [read, write] = [
      policy.authorize('db', '_table/x', 'GET', 'api')!,
      policy.authorize('db', '_table/x', 'POST', 'api')!,
    ]
    expect(joinGrants(read, write).filters).toHaveLength(3)
    expect(joinGrants(read, write)).toBe(joinGrants(read, write))
  })
})
