/** What callers may do. */
import { Link } from '@tanstack/react-router'
import { Eye, ShieldCheck } from 'lucide-react'
import { type Role, type RoleAccess, roles as resource } from '../../api/access.ts'
import { describeResource, type PanelProps } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { roles as text } from '../../text/access.ts'
import { AccessRules } from './access-rules.tsx'

const RULES = 'role_service_access_by_role_id'

/** A rule that was taken away is sent without its role, as the API takes it. */
const changed = (before: readonly RoleAccess[], now: readonly RoleAccess[]) => [
  ...now,
  ...before.filter(({ id }) => !now.some((one) => one.id === id)).map(({ id }) => ({ id, role_id: null })),
]

/** The API docs are what this role would find; calls are tried there as it. */
const Sees = ({ row: { id, is_active } }: PanelProps<Role>) => {
  if (!is_active)
    return (
      <Button variant="outline" disabled title={text.seesNothing}>
        <Eye />
        {text.sees}
      </Button>
    )
  return (
    <Button asChild variant="outline">
      <Link to="/api-docs" search={{ role: String(id) }}>
        <Eye />
        {text.sees}
      </Link>
    </Button>
  )
}

const description = describeResource<Role>({
  resource,
  path: '/roles',
  icon: ShieldCheck,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', header: text.fields.name, value: ({ name }) => name, className: 'font-medium' },
    { id: 'description', header: text.fields.description, value: (role) => role.description, from: 'sm' },
    { id: 'accesses', header: text.fields.accesses, value: (role) => role[RULES]?.length ?? 0 },
  ],
  active: 'is_active',
  form: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', title: text.fields.name, maxLength: 64 },
      description: { type: 'string', format: 'textarea', title: text.fields.description, maxLength: 255 },
      [RULES]: { type: 'array', title: text.fields.access },
    },
  },
  controls: { [RULES]: AccessRules },
  fromForm: (values, row) => ({
    name: values.name,
    description: values.description ?? null,
    [RULES]: changed(row?.[RULES] ?? [], (values[RULES] ?? []) as readonly RoleAccess[]),
    ...(!row && { is_active: true }),
  }),
  actions: Sees,
  consequences: ({ app_by_role_id: apps = [], user_to_app_to_role_by_role_id: users = [] }) => [
    ...(apps.length > 0 ? [text.loses(apps.length, text.app)] : []),
    ...(users.length > 0 ? [text.loses(users.length, text.user)] : []),
  ],
})

export const Screen = () => <ResourcePage of={description} />
