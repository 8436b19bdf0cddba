import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import keysCommand from '../src/commands/keys.ts'
import { newFolder, opened } from './opened.ts'
import { run } from './running.ts'
import { STORES } from './stores.ts'
import { populate, SECRETS, vault } from './transfer-populated.ts'

const types = [vault]
const OLD = 'c0ffee00'.repeat(8)
const NEW = 'feedbeef'.repeat(8)

describe.each(STORES)('gw keys rotate in $label', ({ missing, create }) => {
  test.skipIf(missing)('makes the old key needless while a node runs', async () => {
    const store = await create()
    const folder = newFolder()
    const system = (key: string) => ({ system: { ...store.system, key } })
    const rotate = (...args: readonly string[]) =>
      run(keysCommand, folder, ['rotate', ...args], {}, system(`${NEW},${OLD}`), types)
    try {
      let apiKey = ''
      {
        await using node = await opened({ folder, config: system(OLD), types, keep: true })
        apiKey = await populate(node)
      }
      {
        await using node = await opened({ folder, config: system(`${NEW},${OLD}`), types, keep: true })
        const planned = await rotate('--dry-run')
        expect(planned).toMatchObject({ code: 0, told: expect.stringMatching(/service: 4 of 4 encrypted values have/) })
        expect(planned.told).toMatch(
          /app: 1 of 1[\s\S]*lookup: 8 of 8[\s\S]*signing_key: 1 of 1[\s\S]*14 values still need an older key/,
        )
        const done = await rotate()
        expect(done).toMatchObject({ code: 0, told: expect.stringContaining('not needed any more') })
        expect((await rotate()).told).toContain('service: 0 of 4 encrypted values')
        // The node has not noticed, and goes on.
        expect((await node.ask('GET', `system/app?fields=api_key`)).body.resource[0].api_key).toBe(apiKey)
        const id = (await node.ask('GET', `system/service?filter=name='safe'`)).body.resource[0].id
        expect((await node.ask('PATCH', `system/service/${id}`, { config: { host: 'elsewhere' } })).status).toBe(200)
      }
      await using node = await opened({ folder, config: system(NEW), types, keep: true })
      expect((await node.ask('GET', `system/app?fields=api_key`)).body.resource[0].api_key).toBe(apiKey)
      const definition = (await node.governance.services()).find(({ name }) => name === 'safe')!
      expect(await node.governance.resolveSecrets(definition.config, definition)).toMatchObject({
        host: 'elsewhere',
        password: SECRETS.password,
        pin: SECRETS.pin,
        nested: { token: SECRETS.token },
      })
    } finally {
      await store.drop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('gw keys says what it takes, and stops where a value can not be decrypted', async () => {
  const folder = newFolder()
  try {
    expect(await run(keysCommand, folder, ['turn'])).toMatchObject({ code: 1, told: expect.stringContaining('Usage') })
    {
      await using node = await opened({ folder, config: { system: { key: OLD } }, types, keep: true })
      await populate(node)
    }
    const lost = await run(keysCommand, folder, ['rotate'], {}, { system: { key: NEW } }, types)
    expect(lost).toMatchObject({ code: 1, told: expect.stringContaining('can not be decrypted with the keys at hand') })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
