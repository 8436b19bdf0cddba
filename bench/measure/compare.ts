/** Speed is compared only where the answers are the same. */
import assert from 'node:assert/strict'
import type { Target } from '../systems/target.ts'
import type { HttpRequest, Question, Workload } from '../workloads.ts'
import { canonicalRows } from './rows.ts'

/** Questions of a workload that are compared: enough to see each shape and a few values. */
const ASKED = 50

/**
 * Asks two systems the questions of a workload.
 * @param bytes whether their bytes must be the same; else their rows
 * @returns the size of the first system's answer in bytes, or `undefined` where it has no words for the workload
 * @throws where they differ
 */
export const compare = async (
  { name, questions }: Workload,
  target: Target,
  baseline: Target,
  bytes: boolean,
): Promise<number | undefined> => {
  let size = 0
  for (const question of questions.slice(0, ASKED)) {
    const [request, reference] = [target.words(question), baseline.words(question)]
    if (request === undefined || reference === undefined) return undefined
    const ours = await ask(target, request)
    const theirs = await ask(baseline, reference)
    const said = `${name}: the answers of ${target.name} and ${baseline.name} differ`
    if (bytes) assert.equal(withoutId(ours, question), withoutId(theirs, question), said)
    assert.deepEqual(rowsOf(target, question, ours), rowsOf(baseline, question, theirs), said)
    size = Buffer.byteLength(ours)
  }
  return size
}

const rowsOf = (target: Target, question: Question, text: string) =>
  canonicalRows(question, target.rows(question, JSON.parse(text)))

const ask = async ({ name, url, headers: own }: Target, { method, path, body }: HttpRequest): Promise<string> => {
  const headers = body === undefined ? own : { ...own, 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  assert.ok(response.ok, `${name} answers ${response.status} to ${method} ${path}: ${text.slice(0, 400)}`)
  return text
}

/** What is inserted gets a new id each time. */
const withoutId = (text: string, { ask: asked }: Question): string =>
  asked === 'insert' ? text.replace(/"id":\d+/, '"id":0') : text
