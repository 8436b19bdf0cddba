import { cn } from './class-names.ts'

const TONES = {
  success: 'bg-dot-success',
  warning: 'bg-dot-warning',
  danger: 'bg-dot-danger',
  idle: 'bg-dot-idle',
} as const
export type StatusTone = keyof typeof TONES

/** A state in colour, and as a text for who does not see colours. */
export const StatusDot = ({ tone, label, className }: { tone: StatusTone; label: string; className?: string }) => (
  <span className={cn('inline-flex items-center', className)} title={label}>
    <span aria-hidden className={cn('size-2 rounded-full', TONES[tone])} />
    <span className="sr-only">{label}</span>
  </span>
)
