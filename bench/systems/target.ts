/** A running system together with how it is asked and how its answers are read. */
import type { Question, Words } from '../workloads.ts'
import type { System } from './process.ts'

/** A customer or an order as every system has to give it, whatever it calls its fields. */
export type Row = Readonly<Record<string, unknown>>

export interface Target extends System {
  readonly words: Words
  /** The rows of a parsed answer, in their order. */
  rows(question: Question, answer: any): readonly Row[]
}

/** gw and b: one record as it is, several below `resource`. */
export const plainRows: Target['rows'] = (question, answer) =>
  question.ask === 'customer' ? [answer as Row] : (answer.resource as readonly Row[])
