/** Dates and times of the binary protocol → their text, written where it is wanted. */

const [ZERO, MINUS, POINT, COLON, BLANK] = [0x30, 0x2d, 0x2e, 0x3a, 0x20]
/** Digits of a second's fraction. */
const MICROSECONDS = 6
/** How many bytes there are, where the time, and where the fraction of a second, is given, too. */
const WITH = { date: 4, time: 7, fraction: 11, clock: 8, clockFraction: 12 }

const two = (into: Buffer, at: number, value: number): number => {
  into[at] = ZERO + Math.floor(value / 10)
  into[at + 1] = ZERO + (value % 10)
  return at + 2
}
const digits = (into: Buffer, at: number, value: number, count: number): number => {
  let rest = value
  for (let place = at + count - 1; place >= at; place--) {
    into[place] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return at + count
}
/** Hours, minutes and seconds that lie at `from`. */
const clock = (bytes: Buffer, from: number, into: Buffer, at: number): number => {
  into[two(into, at, bytes[from]!)] = COLON
  into[two(into, at + 3, bytes[from + 1]!)] = COLON
  return two(into, at + 6, bytes[from + 2]!)
}

/** `YYYY-MM-DD`; no bytes at all are MySQL's date of zeros. */
export const printDate = (bytes: Buffer, start: number, end: number, into: Buffer, at: number): number => {
  const given = end - start >= WITH.date
  into[digits(into, at, given ? bytes.readUInt16LE(start) : 0, 4)] = MINUS
  into[two(into, at + 5, given ? bytes[start + 2]! : 0)] = MINUS
  return two(into, at + 8, given ? bytes[start + 3]! : 0)
}

const MIDNIGHT = Buffer.alloc(3)

/** `YYYY-MM-DD HH:MM:SS[.ffffff]`; the fraction has as many digits as the column, and is there where it isn't zero. */
export const printDateTime = (
  bytes: Buffer,
  start: number,
  end: number,
  into: Buffer,
  at: number,
  decimals: number,
): number => {
  into[printDate(bytes, start, end, into, at)] = BLANK
  const timed = end - start >= WITH.time
  const seconds = clock(timed ? bytes : MIDNIGHT, timed ? start + 4 : 0, into, at + 11)
  if (end - start < WITH.fraction) return seconds
  into[seconds] = POINT
  const behind = digits(into, seconds + 1, bytes.readUInt32LE(start + 7), MICROSECONDS)
  return decimals > 0 && decimals < MICROSECONDS ? seconds + 1 + decimals : behind
}

/** `[-]HH:MM:SS[.ffffff]`, with more digits for hours where there are more; without zeros at the fraction's end. */
export const printTime = (bytes: Buffer, start: number, end: number, into: Buffer, at: number): number => {
  if (end - start < WITH.clock) return clock(MIDNIGHT, 0, into, at)
  let next = at
  if (bytes[start] !== 0) into[next++] = MINUS
  const hours = bytes.readUInt32LE(start + 1) * 24 + bytes[start + 5]!
  next = digits(into, next, hours, Math.max(2, String(hours).length))
  into[next] = COLON
  into[two(into, next + 1, bytes[start + 6]!)] = COLON
  next = two(into, next + 4, bytes[start + 7]!)
  const fraction = end - start < WITH.clockFraction ? 0 : bytes.readUInt32LE(start + 8)
  if (fraction === 0) return next
  into[next] = POINT
  next = digits(into, next + 1, fraction, MICROSECONDS)
  while (into[next - 1] === ZERO) next--
  return next
}
