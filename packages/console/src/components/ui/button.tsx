import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

const variants = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-55 aria-disabled:pointer-events-none aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-primary text-primary-foreground shadow-xs hover:bg-primary-hover',
        outline: 'border border-input bg-surface shadow-xs hover:bg-hover',
        ghost: 'hover:bg-hover',
        danger: 'bg-danger text-danger-foreground shadow-xs hover:opacity-90',
        link: 'text-primary underline-offset-4 hover:underline',
      },
      size: {
        md: 'h-9 px-3.5 max-sm:h-10',
        sm: 'h-8 px-2.5 text-[0.8125rem] max-sm:h-9',
        icon: 'size-9 max-sm:size-10',
        'icon-sm': 'size-7 max-sm:size-9',
        inline: '',
      },
    },
    defaultVariants: { variant: 'primary', size: 'md' },
  },
)

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof variants> {
  /** The one child becomes the button: a link that looks like one. */
  readonly asChild?: boolean
}

export const Button = ({ className, variant, size, asChild = false, type, ...props }: ButtonProps) => {
  const Element = asChild ? Slot.Root : 'button'
  return (
    <Element
      className={cn(variants({ variant, size }), className)}
      {...(!asChild && { type: type ?? 'button' })}
      {...props}
    />
  )
}
