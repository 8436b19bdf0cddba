/** One line for each thing that is measured: how long it has been, how far it is, and what came out. */
export interface Progress {
  /** More is to be measured. */
  expect(steps: number): void
  /** One of those is done. */
  step(text: string): void
  /** Something that is no measurement. */
  say(text: string): void
}

export const createProgress = (
  write: (line: string) => void = console.log,
  now = () => performance.now(),
): Progress => {
  const began = now()
  let expected = 0
  let done = 0
  const clock = () => {
    const seconds = Math.floor((now() - began) / 1000)
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  }
  return {
    expect(steps) {
      expected += steps
    },
    step(text) {
      done += 1
      write(`[${clock()}] ${done}/${expected}  ${text}`)
    },
    say: (text) => write(`[${clock()}] ${text}`),
  }
}
