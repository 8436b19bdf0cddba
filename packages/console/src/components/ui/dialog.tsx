import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { app } from '../../text/app.ts'
import { Button } from './button.tsx'
import { cn } from './class-names.ts'

export const Dialog = Primitive.Root
export const DialogTrigger = Primitive.Trigger
export const DialogClose = Primitive.Close

export const OVERLAY = 'fixed inset-0 z-40 bg-black/45 backdrop-blur-[1px]'

export interface DialogContentProps extends Omit<ComponentProps<typeof Primitive.Content>, 'title'> {
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly footer?: ReactNode
}

export const DialogContent = ({ title, description, footer, className, children, ...props }: DialogContentProps) => (
  <Primitive.Portal>
    <Primitive.Overlay className={OVERLAY} />
    <Primitive.Content
      className={cn(
        'fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 animate-appear flex-col rounded-xl border bg-surface shadow-xl',
        className,
      )}
      {...(!description && { 'aria-describedby': undefined })}
      {...props}
    >
      <header className="flex items-start gap-4 px-5 pt-5">
        <div className="grid flex-1 gap-1">
          <Primitive.Title className="font-semibold text-base">{title}</Primitive.Title>
          {description && (
            <Primitive.Description className="text-muted-foreground">{description}</Primitive.Description>
          )}
        </div>
        <Primitive.Close asChild>
          <Button variant="ghost" size="icon-sm" className="-mt-1 -mr-1" aria-label={app.close}>
            <X />
          </Button>
        </Primitive.Close>
      </header>
      <div className="grid gap-4 overflow-y-auto px-5 py-4">{children}</div>
      {footer && <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3.5">{footer}</footer>}
    </Primitive.Content>
  </Primitive.Portal>
)

/** A panel that comes in from the left, for small screens. */
export const SheetContent = ({
  title,
  className,
  children,
  ...props
}: Omit<ComponentProps<typeof Primitive.Content>, 'title'> & { readonly title: string }) => (
  <Primitive.Portal>
    <Primitive.Overlay className={OVERLAY} />
    <Primitive.Content
      aria-describedby={undefined}
      className={cn(
        'fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] animate-slide border-r bg-sidebar shadow-xl',
        className,
      )}
      {...props}
    >
      <Primitive.Title className="sr-only">{title}</Primitive.Title>
      {children}
    </Primitive.Content>
  </Primitive.Portal>
)
