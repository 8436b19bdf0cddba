/** A walk through all pages behind a cursor, while others insert and delete. */
import assert from 'node:assert/strict'
import type { Client } from '../client.ts'
import type { Proof } from '../proof.ts'

/** Every so many-th record is deleted by others while the walk goes on. */
const DELETED_EVERY = 997

interface Walked {
  readonly seen: number
  readonly twice: number
  readonly missed: number
  readonly inserted: number
  readonly deleted: number
}

const bounded = async (client: Client, method: string, path: string, body?: unknown): Promise<any> => {
  const { status, body: answer } = await client.call(method, path, body)
  if (status !== 200)
    throw new Error(`${method} ${path.slice(0, 80)}: ${status} ${JSON.stringify(answer).slice(0, 300)}`)
  return answer
}

interface Disturbance {
  inserted: number
  deleted: number
}

/** Inserts and deletes until told to stop; what it touches the walk may or may not see. */
const disturb = async (client: Client, rows: number, on: () => boolean): Promise<Disturbance> => {
  const done: Disturbance = { inserted: 0, deleted: 0 }
  for (let n = 1; on(); n++) {
    const id = n * DELETED_EVERY
    if (id <= rows) {
      await bounded(client, 'DELETE', `_table/items?ids=${id}`)
      done.deleted += 1
    }
    const record = { id: rows + n, name: `name${(n * 31_337) % 100_003}`, amount: 1, created: '2026-01-01 00:00:00' }
    await bounded(client, 'POST', '_table/items', { resource: [record] })
    done.inserted += 1
  }
  return done
}

const walk = async (client: Client, rows: number, size: number, onRows: (rows: number) => void): Promise<Walked> => {
  const counts = new Uint8Array(rows + 1)
  let walking = true
  const disturbing = disturb(client, rows, () => walking)
  disturbing.catch(() => undefined)
  let cursor: string | undefined = ''
  let seen = 0
  try {
    while (cursor !== undefined) {
      const path: string = `_table/items?fields=id&order=name&limit=${size}&cursor=${encodeURIComponent(cursor)}`
      const page: any = await bounded(client, 'GET', path)
      for (const { id } of page.resource) {
        seen += 1
        if (id <= rows) counts[id]! += 1
      }
      onRows(seen)
      cursor = page.meta?.next_cursor
    }
  } finally {
    walking = false
  }
  const done = await disturbing
  let twice = 0
  let missed = 0
  for (let id = 1; id <= rows; id++) {
    if (counts[id]! > 1) twice += 1
    if (counts[id] === 0 && id % DELETED_EVERY !== 0) missed += 1
  }
  return { seen, twice, missed, ...done }
}

export const walking: readonly Proof[] = [
  {
    name: 'a walk behind a cursor finds every record that was there throughout once, while others insert and delete',
    async run({ client, scale: { rows, page }, onProgress }) {
      const walked = await walk(client, rows, page, (seen) => onProgress(seen, rows))
      const { seen, twice, missed, inserted, deleted } = walked
      assert.deepEqual({ twice, missed }, { twice: 0, missed: 0 })
      assert.ok(inserted > 0 && deleted > 0, 'nothing was written meanwhile')
      return `${seen} seen, ${inserted} inserted and ${deleted} deleted meanwhile`
    },
  },
]
