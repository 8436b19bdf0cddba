/** One thing that is wrong with a configuration, put so that its operator can mend it. */
export interface Problem {
  /** Where, in dots: `services.db.config.port`; empty for the file as a whole. */
  readonly path: string
  /** What is wrong and what to do. Never holds a value that came from the environment or a file. */
  readonly message: string
  /** The line of the file, from 1, where it is known. */
  readonly line?: number | undefined
}

/** A configuration that cannot be used. `message` lists every problem, one a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly Problem[]

  /**
   * @param problems at least one
   * @param file the file's name as it is shown
   */
  constructor(problems: readonly Problem[], file = '', options?: { readonly cause?: unknown }) {
    super(problems.map((problem) => describeProblem(problem, file)).join('\n'), options)
    this.problems = problems
  }
}

/** `gw.config.json:12: services.db.typ: not a known key. Did you mean "type"?` */
export const describeProblem = ({ path, message, line }: Problem, file = ''): string => {
  const place = [file, line].filter(Boolean).join(':')
  return [place, path, message].filter(Boolean).join(': ')
}

/** A path in dots; keys that are no plain names are bracketed: `services["my db"].config`, `roles.a.access[0]`. */
export const pathOf = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    if (!/^[\w$-]+$/.test(String(key))) return `${path}[${JSON.stringify(String(key))}]`
    return path ? `${path}.${String(key)}` : String(key)
  }, '')

/** The entry of `known` that `word` was probably meant to be, or `undefined`. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const limit = Math.max(1, Math.floor(word.length / 3))
  const ranked = known
    .map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best && best.far <= limit ? best.name : undefined
}

/** Edits between two words, a swap of neighbours being one edit (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2]! + 1)
      row.push(cost)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}
