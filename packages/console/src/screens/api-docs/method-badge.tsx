import { cn } from '../../components/ui/class-names.ts'

const TONES: Readonly<Record<string, string>> = {
  GET: 'text-primary',
  POST: 'text-success',
  PUT: 'text-warning',
  PATCH: 'text-warning',
  DELETE: 'text-danger',
}

/** A verb, of one width, so that paths stand below each other. */
export const MethodBadge = ({ method, className }: { readonly method: string; readonly className?: string }) => (
  <span className={cn('w-14 shrink-0 font-mono font-semibold text-[0.6875rem]', TONES[method], className)}>
    {method}
  </span>
)
