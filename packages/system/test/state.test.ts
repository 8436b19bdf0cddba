import { describe, expect, test } from 'vitest'
import { systemConfig } from '../src/config.ts'
import { storeState } from '../src/state.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore } from '../src/store/open.ts'
import { contextIn, newFolder } from './opened.ts'
import { STORES } from './stores.ts'

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`documents of services on ${kind.label}`, () => {
    test('have versions that are never given twice, and that guard against lost updates', async () => {
      const { system, drop } = await kind.create()
      const { context } = await contextIn(newFolder(), { system })
      const store = await openStore(systemConfig(context.config), context)
      try {
        await migrate(store, context.log, new AbortController().signal)
        const state = storeState(store, (service) => ({ system: 1, user: 2 })[service])
        const own = state('system')
        expect(await own.get('a')).toBeUndefined()
        expect(await own.put('a', { x: [1] }, { ifVersion: 0 })).toBe(1)
        expect(await own.get('a')).toEqual({ value: { x: [1] }, version: 1 })
        await expect(own.put('a', 2, { ifVersion: 0 })).rejects.toMatchObject({ code: 'conflict' })
        expect(await own.put('a', null)).toBe(2)
        expect(await own.get('a')).toEqual({ value: null, version: 2 })
        expect(await own.delete('a', { ifVersion: 2 })).toBe(true)
        expect([await own.get('a'), await own.delete('a')]).toEqual([undefined, false])
        expect(await own.put('a', 1, { ifVersion: 0 })).toBe(3)
        await own.put('A', 'another key')
        await own.put('ab', 1)
        expect(await own.list('a')).toEqual(['a', 'ab'])
        expect(await state('user').list()).toEqual([])
        const versions = await Promise.all(Array.from({ length: 8 }, () => state('user').put('n', 1)))
        expect([...versions].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        await expect(state('unknown').put('a', 1)).rejects.toMatchObject({ code: 'unavailable' })
      } finally {
        await store.close()
        await drop()
      }
    })
  })
}
