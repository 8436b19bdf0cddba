/** Numbers as people read them, in the reader's own way of writing. */

const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const TENTHS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const COMPACT = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })

export const whole = (value: number): string => WHOLE.format(value)
export const tenths = (value: number): string => TENTHS.format(value)
/** For axes: 12K. */
export const compact = (value: number): string => COMPACT.format(value)
export const percent = (share: number): string => PERCENT.format(share)

/** @param value in milliseconds */
export const milliseconds = (value: number | undefined | null): string => {
  if (value === undefined || value === null) return '–'
  return value < 1_000 ? `${(value < 10 ? TENTHS : WHOLE).format(value)} ms` : `${TENTHS.format(value / 1_000)} s`
}

export const bytes = (value: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${TENTHS.format(value / 1_024 ** step)} ${units[step]}`
}

/** The two largest units: 3 d 4 h. */
export const duration = (seconds: number): string => {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
