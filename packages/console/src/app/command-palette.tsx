/** Ctrl-K: every page and every service by name. Fetched when it is first asked for. */
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Plus } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import { useList } from '../api/resource.ts'
import { services, useServiceTypes } from '../api/services.ts'
import { OVERLAY } from '../components/ui/dialog.tsx'
import { app } from '../text/app.ts'
import { groupIcon, HOME, SECTIONS, SERVICES } from './navigation.ts'

const ITEM =
  'flex cursor-default items-center gap-2.5 rounded-md px-2.5 py-2 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-muted-foreground'
const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-muted-foreground [&_[cmdk-group-heading]]:text-xs'

export default function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate()
  const { data: listed } = useList(services)
  const { data: types } = useServiceTypes()
  const groupOf = new Map(types?.map(({ name, group }) => [name, group]))
  const go = (to: string) => {
    onClose()
    void navigate({ to })
  }
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className={OVERLAY} />
        <Primitive.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-appear overflow-hidden rounded-xl border bg-surface shadow-2xl"
        >
          <Primitive.Title className="sr-only">{app.search.label}</Primitive.Title>
          <Command label={app.search.label} loop>
            <Command.Input
              placeholder={app.search.placeholder}
              className="w-full border-b bg-transparent px-4 py-3.5 text-base outline-none placeholder:text-muted-foreground"
            />
            <Command.List className="max-h-[50dvh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted-foreground">
                {app.search.nothing}
              </Command.Empty>
              {listed && listed.resource.length > 0 && (
                <Command.Group heading={app.search.services} className={GROUP}>
                  {listed.resource.map(({ name, label, type }) => {
                    const Icon = groupIcon(groupOf.get(type) ?? '')
                    return (
                      <Command.Item
                        key={name}
                        value={`service ${name} ${label ?? ''}`}
                        className={ITEM}
                        onSelect={() => go(`/services/${name}`)}
                      >
                        <Icon aria-hidden />
                        {label || name}
                        <span className="ml-auto font-mono text-muted-foreground text-xs">{name}</span>
                      </Command.Item>
                    )
                  })}
                </Command.Group>
              )}
              <Command.Group heading={app.search.actions} className={GROUP}>
                <Command.Item value={app.search.newService} className={ITEM} onSelect={() => go('/services/new')}>
                  <Plus aria-hidden />
                  {app.search.newService}
                </Command.Item>
              </Command.Group>
              <Command.Group heading={app.search.pages} className={GROUP}>
                {[HOME, SERVICES, ...SECTIONS.flatMap(({ items }) => items)].map(({ label, to, icon: Icon }) => (
                  <Command.Item key={to} value={`page ${label}`} className={ITEM} onSelect={() => go(to)}>
                    <Icon aria-hidden />
                    {label}
                  </Command.Item>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
