/** What a service can be: every installed type, by what it is for. */
import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Service, ServiceType } from '../../api/types.ts'
import { byGroup, groupIcon, groupLabel, OWN_GROUPS } from '../../app/navigation.ts'
import { Input } from '../../components/ui/input.tsx'
import { services as text } from '../../text/services.ts'

export interface TypeChooserProps {
  readonly types: readonly ServiceType[]
  readonly existing: readonly Service[]
}

/** Of types that there can be one of, the ones that there is one of are left out. */
const choosable = ({ types, existing }: TypeChooserProps) =>
  types.filter(
    ({ group, singleton, name }) =>
      !OWN_GROUPS.has(group) && !(singleton && existing.some(({ type }) => type === name)),
  )

export const TypeChooser = ({ types, existing }: TypeChooserProps) => {
  const [search, setSearch] = useState('')
  const groups = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    const found = choosable({ types, existing }).filter((type) =>
      [type.name, type.label, type.description, groupLabel(type.group)].some((one) =>
        one.toLowerCase().includes(wanted),
      ),
    )
    return [...Map.groupBy(found, ({ group }) => group)].sort(([a], [b]) => byGroup(a, b))
  }, [types, existing, search])
  return (
    <div className="grid gap-6">
      <div className="relative max-w-sm">
        <Search aria-hidden className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
        <Input
          type="search"
          className="pl-8"
          // The one thing to do here for who knows what they want; Tab leads to the first type.
          autoFocus
          aria-label={text.choose.search}
          placeholder={text.choose.placeholder}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      </div>
      {groups.length === 0 && <p className="text-muted-foreground">{text.choose.nothing(search)}</p>}
      {groups.map(([group, members]) => (
        <section key={group} className="grid gap-2.5" aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`} className="font-semibold text-[0.9375rem]">
            {groupLabel(group)}
          </h2>
          <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {members.map((type) => (
              <TypeCard key={type.name} type={type} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

const TypeCard = ({ type: { name, label, description, group } }: { readonly type: ServiceType }) => {
  const Icon = groupIcon(group)
  return (
    <li>
      <Link
        to="/services/new"
        search={{ type: name }}
        className="flex h-full items-start gap-3 rounded-xl border bg-surface p-4 shadow-xs transition-colors hover:border-primary/60 hover:bg-primary-soft/40"
      >
        <span className="rounded-lg bg-primary-soft p-2 text-primary">
          <Icon aria-hidden className="size-5" />
        </span>
        <span className="grid gap-0.5">
          <span className="font-medium">{label}</span>
          <span className="text-muted-foreground text-xs leading-relaxed">{description}</span>
        </span>
      </Link>
    </li>
  )
}
