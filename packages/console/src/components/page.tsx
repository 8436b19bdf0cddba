/** What every screen stands in: its title, its actions, its width. */
import { Link } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { app } from '../text/app.ts'
import { cn } from './ui/class-names.ts'

export interface PageProps {
  /** The heading, and the document's title. */
  readonly title: string
  /** Beside the heading: a state, a kind. */
  readonly badge?: ReactNode
  readonly description?: ReactNode
  /** Buttons to the right; the most important one last. */
  readonly actions?: ReactNode
  /** The list that this record belongs to. */
  readonly back?: { readonly to: string; readonly label: string }
  /** `form`: narrow enough to read. */
  readonly width?: 'full' | 'form'
  readonly children: ReactNode
}

export const Page = ({ title, badge, description, actions, back, width = 'full', children }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · ${app.title}`
  }, [title])
  return (
    <div className={cn('mx-auto grid w-full max-w-[90rem] gap-5 p-4 sm:p-6', width === 'form' && 'max-w-3xl')}>
      <header className="grid gap-1.5">
        {back && (
          <Link
            to={back.to}
            className="-ml-1 inline-flex w-fit items-center gap-0.5 rounded text-muted-foreground text-xs hover:text-foreground"
          >
            <ChevronLeft aria-hidden className="size-3.5" />
            {back.label}
          </Link>
        )}
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
          <div className="flex min-w-0 flex-wrap items-center gap-2.5">
            <h1 className="break-words font-semibold text-xl tracking-tight">{title}</h1>
            {badge}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
        {description && <p className="max-w-3xl text-muted-foreground">{description}</p>}
      </header>
      {children}
    </div>
  )
}
