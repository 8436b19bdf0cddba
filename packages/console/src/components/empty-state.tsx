import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export interface EmptyStateProps {
  readonly icon: LucideIcon
  readonly title: string
  /** What this list is for, and what to do first. */
  readonly text: ReactNode
  /** The button that does it. */
  readonly action?: ReactNode
}

export const EmptyState = ({ icon: Icon, title, text, action }: EmptyStateProps) => (
  <div className="grid justify-items-center gap-2 rounded-xl border border-dashed bg-surface px-6 py-14 text-center">
    <span className="mb-1 rounded-full bg-primary-soft p-3 text-primary">
      <Icon aria-hidden className="size-5" />
    </span>
    <h2 className="font-semibold text-base">{title}</h2>
    <p className="max-w-md text-muted-foreground">{text}</p>
    {action && <div className="mt-3">{action}</div>}
  </div>
)
