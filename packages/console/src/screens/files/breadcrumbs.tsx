import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { files as text } from '../../text/files.ts'

interface BreadcrumbsProps {
  readonly service: string
  /** `docs/img/`; empty at the top. */
  readonly folder: string
}

/** The way from the top to a folder, each step a link. */
export const Breadcrumbs = ({ service, folder }: BreadcrumbsProps) => {
  const names = folder.split('/').filter(Boolean)
  const steps = [
    { name: service, path: '' },
    ...names.map((name, at) => ({ name, path: `${names.slice(0, at + 1).join('/')}/` })),
  ]
  return (
    <nav aria-label={text.path}>
      <ol className="flex flex-wrap items-center gap-1">
        {steps.map(({ name, path }, at) => (
          <li key={path} className="flex min-w-0 items-center gap-1">
            {at > 0 && <ChevronRight aria-hidden className="size-3.5 text-muted-foreground" />}
            {at === steps.length - 1 ? (
              <span aria-current="page" className="break-all font-medium">
                {name}
              </span>
            ) : (
              <Link
                to="/files/$service"
                params={{ service }}
                search={path === '' ? {} : { path }}
                className="break-all rounded text-primary hover:underline"
              >
                {name}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
