/** Tabs of which the one that shows stands in the address, as `view`: it can be shared, and is found by going back. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Tabs } from './tabs.tsx'

interface AddressTabsProps {
  /** What shows where the address says nothing. */
  readonly first: string
  readonly children: ReactNode
}

export const AddressTabs = ({ first, children }: AddressTabsProps) => {
  const { view = first } = useSearch({ strict: false }) as { readonly view?: string }
  const navigate = useNavigate()
  const show = (next: string) =>
    void navigate({
      to: '.',
      search: ({ view: _, ...others }: { view?: string }) => (next === first ? others : { ...others, view: next }),
    } as never)
  return (
    <Tabs value={view} onValueChange={show}>
      {children}
    </Tabs>
  )
}
