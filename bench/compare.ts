/** Speed is compared only where the answers are the same. */
import assert from 'node:assert/strict'
import type { System } from './systems/process.ts'
import type { Question, Workload } from './workloads.ts'

/**
 * Asks both systems each question of a workload once.
 * @returns the size of an answer in bytes
 * @throws where their bytes differ
 */
export const compare = async (workload: Workload, gateway: System, baseline: System): Promise<number> => {
  let size = 0
  for (const [index, question] of workload.gateway.slice(0, 50).entries()) {
    const ours = await ask(gateway, question)
    const theirs = await ask(baseline, workload.baseline[index] as Question)
    // What is written gets a new id each time.
    const [left, right] = workload.writes ? [withoutId(ours), withoutId(theirs)] : [ours, theirs]
    assert.equal(left, right, `${workload.label}: the answers differ`)
    size = Buffer.byteLength(ours)
  }
  return size
}

const ask = async (system: System, { method, path, body }: Question): Promise<string> => {
  const headers = body === undefined ? system.headers : { ...system.headers, 'content-type': 'application/json' }
  const response = await fetch(`${system.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  assert.equal(
    response.status,
    200,
    `${system.name} answers ${response.status} to ${method} ${path}: ${text.slice(0, 400)}`,
  )
  return text
}

const withoutId = (text: string): string => text.replace(/"id":\d+/, '"id":0')
