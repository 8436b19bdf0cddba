import { Check, Minus } from 'lucide-react'
import { Checkbox as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

export const Checkbox = ({ className, ...props }: ComponentProps<typeof Primitive.Root>) => (
  <Primitive.Root
    className={cn(
      'flex size-4 shrink-0 items-center justify-center rounded border border-input bg-surface shadow-xs disabled:opacity-55 data-[state=checked]:border-primary data-[state=indeterminate]:border-primary data-[state=checked]:bg-primary data-[state=indeterminate]:bg-primary',
      className,
    )}
    {...props}
  >
    <Primitive.Indicator className="text-primary-foreground [&_svg]:size-3">
      {props.checked === 'indeterminate' ? <Minus strokeWidth={3} /> : <Check strokeWidth={3} />}
    </Primitive.Indicator>
  </Primitive.Root>
)
