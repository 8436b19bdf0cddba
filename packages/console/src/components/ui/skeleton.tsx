import { cn } from './class-names.ts'

/** Holds the place of what is being read. */
export const Skeleton = ({ className }: { readonly className?: string }) => (
  <div aria-hidden className={cn('animate-pulse rounded-md bg-muted', className)} />
)
