import { describe, expect, it } from 'vitest'
import { servicesIn } from '../src/services/stack.ts'

const homes = [
  { service: 'a', path: '/srv/node_modules/gw-a' },
  { service: 'a2', path: '/srv/node_modules/gw-a' },
  { service: 'b', path: '/srv/node_modules/gw-ab' },
  { service: 'module', path: '/srv/own.js' },
]
const thrownAt = (...places: string[]) =>
  Object.assign(new Error('x'), { stack: ['Error: x', ...places.map((place) => `    at ${place}`)].join('\n') })

describe('an error without a context', () => {
  // biome-ignore format: reads as a table
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['names all services of the package that it came from', thrownAt('f (file:///srv/node_modules/gw-a/index.js:1:2)'), ['a', 'a2']],
    ['is of the innermost package that is known', thrownAt('f (node:events:1:2)', '/srv/node_modules/gw-ab/lib/x.cjs:3:4', 'f (file:///srv/node_modules/gw-a/index.js:1:2)'), ['b']],
    ['may be of a module', thrownAt('async g (file:///srv/own.js?v=2:1:2)'), ['module']],
    ['is not of a package that only has it below', thrownAt('f (/srv/node_modules/gw-a/node_modules/@gw/core/dist/kernel.js:1:2)'), []],
    ['is nobody\'s where no frame is known', thrownAt('f (/srv/other.js:1:2)'), []],
    ['is nobody\'s where there is no stack', 'text', []],
  ]
  it.each(cases)('%s', (_, error, services) => {
    expect(servicesIn(error, homes)).toEqual(services)
  })
})
