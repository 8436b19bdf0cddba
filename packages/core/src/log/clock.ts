/** The time as log lines have it. Most lines share their second with the one before: only the rest is made anew. */

let second = Number.NaN
let prefix = ''

/** `2026-01-31T12:00:00.123Z` */
export const isoNow = (): string => {
  const now = Date.now()
  const whole = Math.floor(now / 1000)
  if (whole !== second) {
    second = whole
    prefix = new Date(whole * 1000).toISOString().slice(0, -4)
  }
  const rest = now - whole * 1000
  return `${prefix}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`
}
