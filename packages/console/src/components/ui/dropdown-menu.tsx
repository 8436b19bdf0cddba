import { Check } from 'lucide-react'
import { DropdownMenu as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

export const DropdownMenu = Primitive.Root
export const DropdownMenuTrigger = Primitive.Trigger
export const DropdownMenuRadioGroup = Primitive.RadioGroup

export const DropdownMenuContent = ({
  className,
  sideOffset = 4,
  align = 'end',
  ...props
}: ComponentProps<typeof Primitive.Content>) => (
  <Primitive.Portal>
    <Primitive.Content
      sideOffset={sideOffset}
      align={align}
      className={cn('z-50 min-w-44 animate-appear rounded-lg border bg-surface p-1 shadow-lg', className)}
      {...props}
    />
  </Primitive.Portal>
)

const ITEM =
  'flex cursor-default select-none items-center gap-2 rounded-md px-2 py-1.5 outline-none data-[disabled]:pointer-events-none data-[highlighted]:bg-hover data-[disabled]:opacity-50 max-sm:py-2.5 [&_svg]:size-4 [&_svg]:text-muted-foreground'

export const DropdownMenuItem = ({
  className,
  danger = false,
  ...props
}: ComponentProps<typeof Primitive.Item> & { readonly danger?: boolean }) => (
  <Primitive.Item className={cn(ITEM, danger && 'text-danger [&_svg]:text-danger', className)} {...props} />
)

export const DropdownMenuRadioItem = ({
  className,
  children,
  ...props
}: ComponentProps<typeof Primitive.RadioItem>) => (
  <Primitive.RadioItem className={cn(ITEM, className)} {...props}>
    <span className="flex-1">{children}</span>
    <Primitive.ItemIndicator>
      <Check />
    </Primitive.ItemIndicator>
  </Primitive.RadioItem>
)

export const DropdownMenuLabel = ({ className, ...props }: ComponentProps<typeof Primitive.Label>) => (
  <Primitive.Label className={cn('px-2 py-1.5 text-muted-foreground text-xs', className)} {...props} />
)

export const DropdownMenuSeparator = () => <Primitive.Separator className="-mx-1 my-1 h-px bg-border" />
