/** Clients over real connections: large files, slow ones, and those who leave. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Check } from '../check.ts'
import { leftBehind } from '../isolation.ts'
import { begin, listening } from './connection.ts'
import { type FilesContext, pathsIn, put } from './context.ts'

const MEBIBYTE = 1_048_576

const settled = async (isSo: () => Promise<boolean>): Promise<boolean> => {
  for (let tries = 0; tries < 400; tries++) {
    if (await isSo()) return true
    await pause(25)
  }
  return false
}

export const leavingChecks: readonly Check<FilesContext>[] = [
  {
    name: 'a client that leaves in the middle of an upload leaves no part, no partial file and no open one',
    async run(context) {
      const folder = await context.folder()
      const before = await context.subject.raw()
      await listening(context)
      const left = await leftBehind(async () => {
        for (const megabytes of [1, 12]) {
          const { sending } = await begin(context, 'PUT', `${folder}a.bin`, { 'content-length': String(64 * MEBIBYTE) })
          sending.on('error', () => undefined)
          for (let sent = 0; sent < megabytes; sent++)
            if (!sending.write(Buffer.alloc(MEBIBYTE))) await new Promise((resolve) => sending.once('drain', resolve))
          await pause(50)
          sending.destroy()
        }
        const same = async () => JSON.stringify(await context.subject.raw()) === JSON.stringify(before)
        assert.ok(await settled(same), `left: ${JSON.stringify(await context.subject.raw())}`)
      }, 10_000)
      assert.deepEqual(
        left.filter((name) => /^\/|FSReq/.test(name)),
        [],
      )
      assert.deepEqual(await pathsIn(context, folder), [])
    },
  },
  {
    name: 'a client that leaves in the middle of a download or an archive leaves no open file',
    async run(context) {
      const folder = await context.folder()
      await put(context, `${folder}a.bin`, new Uint8Array(24 * MEBIBYTE))
      const url = await listening(context)
      assert.ok(url)
      const left = await leftBehind(async () => {
        for (const path of [`${folder}a.bin`, `${folder}?zip=true`]) {
          const { sending, answer } = await begin(context, 'GET', path)
          sending.end()
          const response = await answer
          response.on('error', () => undefined)
          await new Promise((resolve) => response.once('data', resolve))
          sending.destroy()
        }
        await pause(100)
      }, 10_000)
      assert.deepEqual(left, [])
    },
  },
]
