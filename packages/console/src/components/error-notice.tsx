import { CircleAlert } from 'lucide-react'
import { app } from '../text/app.ts'
import { Button } from './ui/button.tsx'
import { cn } from './ui/class-names.ts'

export interface ErrorNoticeProps {
  /** What was thrown; nothing is drawn without one. */
  readonly error: unknown
  /** Before the reason: what could not be done. */
  readonly title?: string
  /** Tries it again. */
  readonly onRetry?: (() => void) | undefined
  readonly className?: string
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const ErrorNotice = ({ error, title, onRetry, className }: ErrorNoticeProps) => {
  if (error === null || error === undefined) return null
  return (
    <div
      role="alert"
      className={cn(
        'flex items-start gap-2.5 rounded-lg border border-danger/30 bg-danger-soft px-3.5 py-3',
        className,
      )}
    >
      <CircleAlert aria-hidden className="mt-px size-4.5 shrink-0 text-danger" />
      <div className="grid min-w-0 flex-1 gap-0.5">
        {title && <p className="font-medium">{title}</p>}
        <p className="break-words">{messageOf(error)}</p>
      </div>
      {onRetry && (
        <Button variant="outline" size="sm" onClick={onRetry}>
          {app.retry}
        </Button>
      )}
    </div>
  )
}
