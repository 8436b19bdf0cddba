/** Names and what they stand for, one below the other. */
import type { ReactNode } from 'react'

export interface FactsProps {
  readonly facts: readonly (readonly [name: string, value: ReactNode])[]
}

export const Facts = ({ facts }: FactsProps) => (
  <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-6 gap-y-2.5">
    {facts.map(([name, value]) => (
      <div key={name} className="col-span-2 grid grid-cols-subgrid">
        <dt className="text-muted-foreground">{name}</dt>
        <dd className="min-w-0 break-words tabular-nums">{value}</dd>
      </div>
    ))}
  </dl>
)
