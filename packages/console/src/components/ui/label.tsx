import { Label as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

export const LABEL = 'font-medium text-[0.8125rem] leading-none'

export const Label = ({ className, ...props }: ComponentProps<typeof Primitive.Root>) => (
  <Primitive.Root className={cn(LABEL, className)} {...props} />
)
