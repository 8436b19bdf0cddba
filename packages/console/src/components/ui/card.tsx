import type { ComponentProps, ReactNode } from 'react'
import { cn } from './class-names.ts'

export interface CardProps extends Omit<ComponentProps<'section'>, 'title'> {
  readonly title?: ReactNode
  readonly description?: ReactNode
  /** To the right of the title. */
  readonly actions?: ReactNode
  readonly footer?: ReactNode
}

export const Card = ({ title, description, actions, footer, className, children, ...props }: CardProps) => (
  <section className={cn('rounded-xl border bg-surface shadow-xs', className)} {...props}>
    {(title || actions) && (
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-5 pt-4">
        <div className="grid gap-0.5">
          {title && <h2 className="font-semibold text-[0.9375rem]">{title}</h2>}
          {description && <p className="text-muted-foreground">{description}</p>}
        </div>
        {actions}
      </header>
    )}
    <div className="px-5 py-4">{children}</div>
    {footer && <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
  </section>
)
