import { describe, expect, test } from 'vitest'
import { changesBetween, versionToRaise } from '../api/changes.ts'

const contract = (version: string, members = 'readonly id: string;'): string =>
  `/** What a connector sees. */\nexport declare interface Call {\n    ${members}\n}\n\nexport declare const CONTRACT_VERSION = "${version}";\n`
const OTHER = 'readonly id: string;\n    /** Since 1.7. */\n    readonly raw?: Uint8Array;'

describe('declarations of the contract', () => {
  test('that are the same have not changed', () => {
    expect(changesBetween({ contract: contract('1.6.0') }, { contract: contract('1.6.0') })).toEqual([])
  })

  test('with other comments and blank lines have the same shape, and need no other version', () => {
    const before = { contract: contract('1.6.0') }
    const after = { contract: `\n${contract('1.6.0').replace('What a connector sees', 'What // connectors see')}` }
    expect(changesBetween(before, after)).toEqual([{ entry: 'contract', of: 'words' }])
    expect(versionToRaise(before, after)).toBeUndefined()
  })

  test('with another member, or without one, need another version', () => {
    const [small, large] = [{ contract: contract('1.6.0') }, { contract: contract('1.6.0', OTHER) }]
    expect(changesBetween(small, large)).toEqual([{ entry: 'contract', of: 'shape' }])
    expect(versionToRaise(small, large)).toBe('1.6.0')
    expect(versionToRaise(large, small)).toBe('1.6.0')
    expect(versionToRaise(small, { contract: contract('1.7.0', OTHER) })).toBeUndefined()
  })

  test('that are gone have changed', () => {
    expect(changesBetween({ kernel: 'export declare const a: 1;\n' }, {})).toEqual([{ entry: 'kernel', of: 'shape' }])
  })

  test('of other entries may change without it', () => {
    const before = { contract: contract('1.6.0'), kernel: 'export declare const a: 1;\n' }
    const after = { ...before, kernel: 'export declare const a: 2;\n' }
    expect(changesBetween(before, after)).toEqual([{ entry: 'kernel', of: 'shape' }])
    expect(versionToRaise(before, after)).toBeUndefined()
  })
})
