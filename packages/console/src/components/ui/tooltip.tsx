import { Tooltip as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'

export const TooltipProvider = Primitive.Provider

/** A short text beside what the pointer or the focus is at. The child must be able to have the focus. */
export const Tooltip = ({ text, children }: { readonly text: ReactNode; readonly children: ReactNode }) => (
  <Primitive.Root>
    <Primitive.Trigger asChild>{children}</Primitive.Trigger>
    <Primitive.Portal>
      <Primitive.Content
        sideOffset={6}
        className="z-50 max-w-72 rounded-md bg-foreground px-2 py-1 text-background text-xs shadow-md"
      >
        {text}
      </Primitive.Content>
    </Primitive.Portal>
  </Primitive.Root>
)
