/**
 * The last lines of the log, in memory. As bytes in one block: texts that are kept would outlive many requests each,
 * which costs the collector more than copying them does.
 */

export interface RecentLine {
  /** Counts on; of this node, since it started. */
  readonly sequence: number
  /** As it was written: masked. */
  readonly text: string
}

export interface RecentLines {
  push(line: string): void
  /** The newest first, down to the one after `after`. */
  since(after: number): Iterable<RecentLine>
  /** The sequence of the newest one; 0 before the first. */
  readonly last: number
  /** Of the oldest one that is still there. */
  readonly first: number
}

const LINES = 2_000
const BYTES = 2 * 1024 * 1024
/** A UTF-16 code unit has at most so many bytes of UTF-8. */
const WIDEST = 3

/** @param lines how many are kept at most; fewer where they are long */
export const recentLines = (lines = LINES, bytes = BYTES): RecentLines => {
  const block = Buffer.allocUnsafeSlow(bytes)
  const starts = new Uint32Array(lines)
  const lengths = new Uint32Array(lines)
  let last = 0
  /** The oldest that has not been written over. */
  let first = 1
  let end = 0

  /** Lets go of lines whose bytes are about to be written over. */
  const clear = (from: number, to: number) => {
    while (first <= last) {
      const at = first % lines
      const [start, length] = [starts[at]!, lengths[at]!]
      const overlaps = start < to && start + length > from
      if (!overlaps && last - first + 1 < lines) break
      first++
    }
  }
  return {
    push(line) {
      // Beyond what there is room for, a line would drive out all others.
      const room = line.length * WIDEST
      if (room > bytes / 4) return
      if (end + room > bytes) {
        // What lies behind is older than what is at the beginning.
        clear(end, bytes)
        end = 0
      }
      clear(end, end + room)
      const length = block.write(line, end, 'utf8')
      last++
      starts[last % lines] = end
      lengths[last % lines] = length
      end += length
    },
    *since(after) {
      for (let sequence = last; sequence >= first && sequence > after; sequence--) {
        const at = sequence % lines
        yield { sequence, text: block.toString('utf8', starts[at]!, starts[at]! + lengths[at]!) }
      }
    },
    get last() {
      return last
    },
    get first() {
      return first
    },
  }
}
