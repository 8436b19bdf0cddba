import { app } from '../text/app.ts'

/** The gateway's times are UTC: `2026-01-31 08:15:00`, or ISO 8601. */
export const timeIn = (text: string): Date =>
  new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)

const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** A moment in the reader's own time zone. */
export const Time = ({ value }: { readonly value: string | null | undefined }) => {
  if (!value) return <span className="text-muted-foreground">{app.dates.never}</span>
  const time = timeIn(value)
  if (Number.isNaN(time.getTime())) return <span>{value}</span>
  return (
    <time dateTime={time.toISOString()} title={FULL.format(time)} className="whitespace-nowrap tabular-nums">
      {SHORT.format(time)}
    </time>
  )
}
