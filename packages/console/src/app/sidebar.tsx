import { Link, useRouterState } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useList } from '../api/resource.ts'
import { isOwn, services, useHealth, useServiceTypes } from '../api/services.ts'
import { cn } from '../components/ui/class-names.ts'
import { StatusDot } from '../components/ui/status-dot.tsx'
import { app } from '../text/app.ts'
import { services as text } from '../text/services.ts'
import {
  byGroup,
  groupIcon,
  groupLabel,
  HOME,
  type NavigationItem,
  OWN_GROUPS,
  SECTIONS,
  SERVICES,
} from './navigation.ts'

export const Sidebar = ({ onLeave }: { readonly onLeave?: () => void }) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the links inside are what is used; this only closes the panel after them
  <nav
    aria-label={app.navigation}
    className="flex h-full flex-col gap-5 overflow-y-auto px-3 py-4"
    onClick={(event) => event.target instanceof Element && event.target.closest('a') && onLeave?.()}
  >
    <Link
      to="/"
      className="flex items-center gap-2 rounded-md px-2 py-0.5 font-semibold text-[0.9375rem] tracking-tight"
    >
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="size-6" />
      {app.name}
    </Link>
    <ul>
      <Entry item={HOME} exact />
    </ul>
    <Section label={app.sections.services}>
      <Entry item={SERVICES} exact />
      <Categories />
    </Section>
    {SECTIONS.map(({ label, items }) => (
      <Section key={label} label={label}>
        {items.map((item) => (
          <Entry key={item.to} item={item} />
        ))}
      </Section>
    ))}
  </nav>
)

const Section = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }) => (
  <div className="grid gap-1">
    <h2 className="px-2 font-medium text-[0.6875rem] text-muted-foreground uppercase tracking-wider">{label}</h2>
    <ul className="grid gap-px">{children}</ul>
  </div>
)

const ENTRY =
  'flex h-8 items-center gap-2.5 rounded-md px-2 text-foreground/85 hover:bg-hover hover:text-foreground focus-visible:outline-offset-[-2px] max-md:h-10 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted-foreground'
const CURRENT = 'bg-primary-soft font-medium text-primary hover:bg-primary-soft hover:text-primary [&_svg]:text-primary'

interface EntryProps {
  readonly item: NavigationItem
  /** Pages below it have entries of their own. */
  readonly exact?: boolean
}

const Entry = ({ item: { label, to, icon: Icon }, exact = false }: EntryProps) => {
  const isHere = useRouterState({
    select: ({ location: { pathname, search } }) =>
      exact ? pathname === to && !('group' in search) : pathname === to || pathname.startsWith(`${to}/`),
  })
  return (
    <li>
      <Link to={to} className={cn(ENTRY, isHere && CURRENT)} aria-current={isHere ? 'page' : undefined}>
        <Icon aria-hidden />
        {label}
      </Link>
    </li>
  )
}

/** The groups that there are types or services of, with the worst state of theirs. */
const Categories = () => {
  const { data: types } = useServiceTypes()
  const { data: listed } = useList(services)
  const { data: health } = useHealth()
  const here = useRouterState({
    select: ({ location: { pathname, search } }) =>
      pathname === '/services' ? (search as { readonly group?: string }).group : undefined,
  })
  const groups = useMemo(() => {
    const groupOf = new Map(types?.map(({ name, group }) => [name, group]))
    const found = Map.groupBy(
      listed?.resource.filter((one) => !isOwn(one)) ?? [],
      ({ type }) => groupOf.get(type) ?? 'Other',
    )
    return [...new Set([...groupOf.values(), ...found.keys()])]
      .filter((group) => !OWN_GROUPS.has(group) && (group !== 'Other' || found.has(group)))
      .sort(byGroup)
      .map((group) => ({ group, members: found.get(group) ?? [] }))
  }, [types, listed])
  return groups.map(({ group, members }) => {
    const Icon = groupIcon(group)
    const states = members.map(({ name }) => health?.get(name)?.state)
    const down = states.filter((state) => state === 'down').length
    return (
      <li key={group}>
        <Link
          to="/services"
          search={{ group }}
          className={cn(ENTRY, here === group && CURRENT)}
          aria-current={here === group ? 'page' : undefined}
        >
          <Icon aria-hidden />
          <span className="flex-1">{groupLabel(group)}</span>
          {down > 0 && <StatusDot tone="danger" label={text.downCount(down)} />}
          {members.length > 0 && <span className="text-muted-foreground text-xs tabular-nums">{members.length}</span>}
        </Link>
      </li>
    )
  })
}
