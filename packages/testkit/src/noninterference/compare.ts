/** Asks both databases the same, and says where the answers differ. */
import type { Answer, Ask } from '../harness.ts'
import type { TwinGateways } from './databases.ts'

/** Those of a request by itself: when it was, and its number. */
const OF_THE_REQUEST = new Set(['date', 'x-request-id', 'server-timing'])

const headersOf = ({ headers }: Answer): string =>
  [...headers]
    .filter(([name]) => !OF_THE_REQUEST.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted()
    .join('\n')

/** An answer as it goes over the line. */
export const wireOf = (answer: Answer): string => `${answer.status}\n${headersOf(answer)}\n${answer.text}`

export interface Pair {
  readonly left: Answer
  readonly right: Answer
  readonly same: boolean
}

export const askBoth = async (twins: TwinGateways, ask: Ask): Promise<Pair> => {
  const [left, right] = await Promise.all([twins.ask(0, ask), twins.ask(1, ask)])
  return { left, right, same: wireOf(left) === wireOf(right) }
}

/** How much is told of each answer, from a little before where they part. */
const LONGEST = 1_500
const BEFORE = 200

const parting = (left: string, right: string): number => {
  let at = 0
  while (at < left.length && left[at] === right[at]) at++
  return Math.max(0, at - BEFORE)
}

/** A difference, for who has to look for its cause. */
export const toldOf = (ask: Ask, pair: Pair): string => {
  const left = wireOf(pair.left)
  const right = wireOf(pair.right)
  const from = parting(left, right)
  const shown = (wire: string) => wire.slice(from, from + LONGEST)
  return `${ask.method ?? 'GET'} ${ask.path} ${JSON.stringify(ask.query ?? {})} ${JSON.stringify(ask.headers ?? {})} ${JSON.stringify(ask.body) ?? ''}
left, ${pair.left.status}:  ${shown(left)}
right, ${pair.right.status}: ${shown(right)}`
}
