import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

export const CONTROL =
  'w-full min-w-0 rounded-md border border-input bg-surface px-2.5 text-foreground shadow-xs transition-colors placeholder:text-muted-foreground/80 focus-visible:border-ring focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-ring/60 disabled:cursor-not-allowed disabled:bg-muted disabled:opacity-70 aria-invalid:border-danger max-sm:text-base'

export const Input = ({ className, type = 'text', ...props }: ComponentProps<'input'>) => (
  <input type={type} className={cn(CONTROL, 'h-9 max-sm:h-10', className)} {...props} />
)

export const Textarea = ({ className, ...props }: ComponentProps<'textarea'>) => (
  <textarea className={cn(CONTROL, 'field-sizing-content min-h-18 py-2', className)} {...props} />
)

export interface NativeSelectProps extends ComponentProps<'select'> {}

/** The browser's own: works with every keyboard, reader and phone. */
export const Select = ({ className, ...props }: NativeSelectProps) => (
  <select
    className={cn(
      CONTROL,
      'h-9 appearance-none text-ellipsis bg-[url("data:image/svg+xml,%3Csvg%20xmlns=%27http://www.w3.org/2000/svg%27%20viewBox=%270%200%2016%2016%27%20fill=%27none%27%20stroke=%27%23808a99%27%20stroke-width=%271.75%27%3E%3Cpath%20d=%27m4%206%204%204%204-4%27/%3E%3C/svg%3E")] bg-[length:1rem] bg-[position:right_0.5rem_center] bg-no-repeat pr-8 max-sm:h-10',
      className,
    )}
    {...props}
  />
)
