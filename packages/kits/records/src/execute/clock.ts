/** The functions of time as values, for records: a plan's slots hold values only. */
import { GwError } from '@gw/core'
import type { Field } from '../catalog.ts'
import type { TimeOperand } from '../filter/time.ts'

const DAYS = { day: 1, week: 7 } as const
const MILLISECONDS = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const

/** Adds an interval as databases do: a month after January's 31st is February's last day. */
export const shifted = (from: Date, plus: TimeOperand['plus']): Date => {
  const date = new Date(from)
  if (!plus) return date
  const { amount, unit } = plus
  if (unit === 'second' || unit === 'minute' || unit === 'hour')
    date.setTime(date.getTime() + amount * MILLISECONDS[unit])
  else if (unit === 'day' || unit === 'week') date.setUTCDate(date.getUTCDate() + amount * DAYS[unit])
  else {
    const day = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + amount * (unit === 'year' ? 12 : 1))
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    date.setUTCDate(Math.min(day, last))
  }
  return date
}

/** The year 10000: from there on, ISO texts look different. */
const LATEST = 253_402_300_800_000
const ZONED = /tz$|with time zone|timestamptz|timetz|offset/i

/**
 * A function of time for a field: the gateway's clock in UTC, in the field's form, with the zone said where the
 * field keeps one.
 */
export const clockValue = ({ of, plus }: TimeOperand, field: Field, now: Date = new Date()): string => {
  const moment = shifted(now, plus)
  if (!(Math.abs(moment.getTime()) < LATEST))
    throw new GwError('invalid_request', `The interval for '${field.name}' is too long.`)
  const [date, clock] = moment.toISOString().split('T') as [string, string]
  const time = clock.slice(0, 8)
  if (field.type === 'date' || (of === 'date' && field.type !== 'datetime' && field.type !== 'timestamp')) return date
  const zone = ZONED.test(field.dbType) ? '+00:00' : ''
  if (field.type === 'time' || (of === 'time' && field.type !== 'datetime' && field.type !== 'timestamp'))
    return time + zone
  return `${date} ${of === 'date' ? '00:00:00' : time}${zone}`
}
