import { describe, expect, test } from 'vitest'
import { classify } from '../src/errors.ts'

describe('a failure of the operating system', () => {
  test.each([
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EACCES', 'refused'],
    ['EROFS', 'refused'],
    ['EISDIR', 'not_a_file'],
    ['ENOTDIR', 'not_a_folder'],
    ['ENAMETOOLONG', 'name_refused'],
    ['EMFILE', 'busy'],
    ['ESTALE', 'unreachable'],
  ])('%s is %s', (code, reason) => {
    expect(classify(Object.assign(new Error(code), { code }))).toBe(reason)
  })
  test('that is not known stays a fault of the gateway', () => {
    for (const odd of [undefined, null, 'ENOSPC', new Error('ENOSPC'), { code: 28 }, { code: 'constructor' }])
      expect(classify(odd)).toBeUndefined()
  })
})
