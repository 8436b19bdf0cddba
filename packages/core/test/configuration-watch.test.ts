import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConfigurationWatch, watchConfiguration } from '../src/configuration/index.ts'

let folder: string
let file: string
let watching: ConfigurationWatch | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gw-watch-'))
  file = join(folder, 'gw.config.json')
  writeFileSync(file, '{"a":1}')
})
afterEach(async () => {
  await watching?.close()
  rmSync(folder, { recursive: true })
})
const start = async (references: readonly string[] = []) => {
  const onChange = vi.fn()
  watching = watchConfiguration(file, onChange, { references, settle: 40 })
  await watching.ready
  return onChange
}
const seen = (onChange: ReturnType<typeof vi.fn>, times: number) =>
  vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(times), { timeout: 60_000 })

test('a change is told', async () => {
  const onChange = await start()
  writeFileSync(file, '{"a":2}')
  await seen(onChange, 1)
})

test('a change before the watch was ready is told, and none after it was closed', async () => {
  const onChange = vi.fn()
  watching = watchConfiguration(file, onChange, { settle: 1 })
  writeFileSync(file, '{"a":2}')
  await watching.ready
  await seen(onChange, 1)
  const closed = vi.fn()
  const other = watchConfiguration(file, closed, { settle: 1 })
  writeFileSync(file, '{"a":3}')
  await other.close()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(closed).not.toHaveBeenCalled()
})

test('an editor that writes another file and renames it is seen, time and again', async () => {
  const onChange = await start()
  for (const value of [2, 3]) {
    writeFileSync(`${file}.tmp`, `{"a":${value}}`)
    renameSync(`${file}.tmp`, file)
    await seen(onChange, value - 1)
  }
})

test('a file that is removed and comes back changed is seen', async () => {
  const onChange = await start()
  rmSync(file)
  writeFileSync(file, '{"a":2}')
  await seen(onChange, 1)
})

test('a touch, or other files of the folder, are no change', async () => {
  const onChange = await start()
  utimesSync(file, new Date(), new Date(1))
  writeFileSync(join(folder, 'other.txt'), 'x')
  writeFileSync(file, '{"a":1}')
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(onChange).not.toHaveBeenCalled()
  writeFileSync(file, '{"a":2}')
  await seen(onChange, 1)
})

test('a file that the configuration names is watched, in another folder too, from when it is named', async () => {
  const secrets = join(folder, 'secrets')
  mkdirSync(secrets)
  writeFileSync(join(secrets, 'p'), 'one')
  const onChange = await start()
  watching!.follow([join(secrets, 'p')])
  await vi.waitFor(
    () => {
      writeFileSync(join(secrets, 'p'), `two ${Math.random()}`)
      expect(onChange).toHaveBeenCalled()
    },
    { timeout: 60_000, interval: 200 },
  )
})

test('a mounted file that is swapped by its folder’s link is seen', async () => {
  const mount = join(folder, 'mount')
  mkdirSync(join(mount, 'v1'), { recursive: true })
  mkdirSync(join(mount, 'v2'))
  writeFileSync(join(mount, 'v1', 'p'), 'one')
  writeFileSync(join(mount, 'v2', 'p'), 'two')
  symlinkSync('v1', join(mount, '..data'))
  symlinkSync('..data/p', join(mount, 'p'))
  const onChange = await start([join(mount, 'p')])
  symlinkSync('v2', join(mount, '..next'))
  renameSync(join(mount, '..next'), join(mount, '..data'))
  await seen(onChange, 1)
})
