/** The misbehaviours that are measured: what a call does, and what it is called on the page. */

export interface Case {
  /** The endpoint of the wrong service. */
  readonly path: string
  readonly label: string
  /** Callers of it who hang up after so many milliseconds: of answers that do not end. */
  readonly patience?: number
  /** In a process of its own: without one, it ends the gateway, or holds all of it up. */
  readonly isolated?: true
  /** What the log says when it was noticed, where that is later than the answers. */
  readonly until?: RegExp
}

export const CASES: readonly Case[] = [
  { path: 'throws', label: 'throws in its handler' },
  { path: 'hangs', label: 'never answers' },
  { path: 'stray', label: 'throws in a timer' },
  { path: 'promise', label: 'has a promise fail that nobody waits for' },
  { path: 'cycle', label: 'answers with what refers to itself' },
  { path: 'header', label: 'answers with a header of two lines' },
  { path: 'status', label: 'answers with a status that is none' },
  { path: 'endless', label: 'answers with rows without end', patience: 500 },
  { path: 'empty', label: 'answers with endless rows that hold nothing', patience: 500 },
  { path: 'log', label: 'writes 500 lines to the log in a call' },
  { path: 'events', label: 'says 500 times in a call that its catalogue has changed' },
  { path: 'exit', label: 'calls `process.exit`', isolated: true },
  { path: 'abort', label: 'calls `process.abort`', isolated: true },
  { path: 'leak', label: 'takes more and more memory', isolated: true, until: /quarantined/ },
  { path: 'loop', label: 'runs in circles without end', isolated: true, until: /quarantined/ },
]
