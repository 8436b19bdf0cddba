/**
 * The server's byte stream → messages (PostgreSQL manual, "Message Formats"): a code, a length, a payload. Messages
 * that came whole are looked at where they lie; only one that a chunk cuts in two is copied.
 */

/** `bytes` from `start` to `end` is the payload, valid only until the callback returns. */
export type OnMessage = (code: number, bytes: Buffer, start: number, end: number) => void

/** Code and length. */
const HEADER = 5
/** What a server can send in one message; a length beyond it is no length (`MaxAllocSize`, with room to spare). */
const LONGEST = 0x4000_0000

/** Bytes that are made ready for a message whose length is all that has come. */
const BELIEVED = 0x100_0000

const lengthAt = (bytes: Buffer, at: number): number => {
  const length = (bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!
  if (length < 4 || length > LONGEST) throw new Error(`The server sent a message of ${length} bytes.`)
  return length + 1
}

export interface Frames {
  /** Takes the stream's next chunk. Throws where the bytes can't be PostgreSQL's protocol. */
  take(chunk: Buffer): void
  /** Whether a message has begun whose rest has not come yet. */
  readonly partial: boolean
}

/** Makes a reader of one stream. */
export const frames = (onMessage: OnMessage): Frames => {
  /** The beginning of a message whose rest has not come yet. */
  let held = Buffer.alloc(0)
  let filled = 0

  const hold = (chunk: Buffer, from: number): void => {
    const more = chunk.length - from
    if (filled + more > held.length) {
      // As large as the message will be, so that a long one is not copied over and over; up to what a length alone is
      // believed, of which the bytes have yet to come.
      const known = filled + more >= HEADER ? Math.min(wholeLength(chunk, from), BELIEVED) : 0
      const grown = Buffer.allocUnsafe(Math.max(known, (filled + more) * 2, 1024))
      held.copy(grown, 0, 0, filled)
      held = grown
    }
    chunk.copy(held, filled, from)
    filled += more
  }
  const wholeLength = (chunk: Buffer, from: number): number => {
    const header = Buffer.concat([held.subarray(0, Math.min(filled, HEADER)), chunk.subarray(from, from + HEADER)])
    return lengthAt(header, 0)
  }
  /** Gives out the messages that are whole; returns where the first that isn't begins. */
  const give = (bytes: Buffer, to: number): number => {
    let at = 0
    while (to - at >= HEADER) {
      const length = lengthAt(bytes, at)
      if (to - at < length) break
      onMessage(bytes[at]!, bytes, at + HEADER, at + length)
      at += length
    }
    return at
  }
  /** Completes the held message from a chunk; returns how much of the chunk that took. */
  const complete = (chunk: Buffer): number => {
    let taken = 0
    if (filled < HEADER) {
      taken = Math.min(HEADER - filled, chunk.length)
      hold(chunk.subarray(0, taken), 0)
      if (filled < HEADER) return taken
    }
    const wanted = lengthAt(held, 0) - filled
    const now = Math.min(wanted, chunk.length - taken)
    hold(chunk.subarray(0, taken + now), taken)
    if (now === wanted) {
      const whole = held
      const length = filled
      // A large one is let go of; a small one serves again.
      if (whole.length > 65_536) held = Buffer.alloc(0)
      filled = 0
      give(whole, length)
    }
    return taken + now
  }

  return {
    take(chunk) {
      let rest = chunk
      while (filled > 0 && rest.length > 0) rest = rest.subarray(complete(rest))
      if (rest.length === 0) return
      const done = give(rest, rest.length)
      if (done < rest.length) hold(rest, done)
    },
    get partial() {
      return filled > 0
    },
  }
}
