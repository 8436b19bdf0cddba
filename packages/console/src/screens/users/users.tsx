/** People who sign in to apps, and their roles in them. */
import { Plus, Users, X } from 'lucide-react'
import { apps, type Person, type RoleInApp, users as resource, roles } from '../../api/access.ts'
import { useList } from '../../api/resource.ts'
import { Field } from '../../components/field.tsx'
import { describeResource } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Button } from '../../components/ui/button.tsx'
import { Select } from '../../components/ui/input.tsx'
import { users as text } from '../../text/access.ts'
import { PERSON_COLUMNS, PERSON_FORM, personFrom, personTo } from './person.ts'

interface Choosing {
  readonly label: string
  readonly value: number | null
  readonly options: readonly { readonly id: number; readonly name: string }[]
  readonly onChange: (id: number | null) => void
}

const Choose = ({ label, value, options, onChange }: Choosing) => (
  <Select
    aria-label={label}
    className="flex-1"
    value={value ?? ''}
    onChange={(event) => onChange(event.target.value === '' ? null : Number(event.target.value))}
  >
    <option value="">{label}…</option>
    {options.map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ))}
  </Select>
)

const RolesInApps = ({ value, onChange, problems }: CustomControlProps) => {
  const given = (value ?? []) as readonly RoleInApp[]
  const { data: listed } = useList(apps)
  const { data: known } = useList(roles)
  return (
    <Field label={text.fields.roles} help={text.rolesHelp} problems={problems}>
      {({ id }) => (
        <div id={id} className="grid gap-2">
          {given.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: new ones have nothing else to be known by
            <div key={at} className="flex gap-2">
              <Choose
                label={text.inApp}
                value={one.app_id}
                options={listed?.resource ?? []}
                onChange={(app_id) => onChange(given.with(at, { ...one, app_id }))}
              />
              <Choose
                label={text.asRole}
                value={one.role_id}
                options={known?.resource ?? []}
                onChange={(role_id) => onChange(given.with(at, { ...one, role_id }))}
              />
              <Button
                variant="ghost"
                size="icon"
                aria-label={text.removeRole}
                onClick={() => onChange(given.toSpliced(at, 1))}
              >
                <X />
              </Button>
            </div>
          ))}
          <Button
            variant="outline"
            size="sm"
            className="justify-self-start"
            onClick={() => onChange([...given, { app_id: null, role_id: null }])}
          >
            <Plus />
            {text.addRole}
          </Button>
        </div>
      )}
    </Field>
  )
}

const RELATED = 'user_to_app_to_role_by_user_id'

/** Those that were taken away are sent without their user, as the API takes it. */
const changed = (before: readonly RoleInApp[], now: readonly RoleInApp[]) => [
  ...now.filter(({ app_id, role_id }) => app_id !== null && role_id !== null),
  ...before.filter(({ id }) => !now.some((one) => one.id === id)).map(({ id }) => ({ id, user_id: null })),
]

const description = describeResource<Person>({
  resource,
  path: '/users',
  icon: Users,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: PERSON_COLUMNS,
  active: 'is_active',
  form: { ...PERSON_FORM, properties: { ...PERSON_FORM.properties, [RELATED]: { type: 'array' } } },
  controls: { [RELATED]: RolesInApps },
  toForm: personTo,
  fromForm: (values, row) => ({
    ...personFrom(values, row),
    [RELATED]: changed(row?.[RELATED] ?? [], (values[RELATED] ?? []) as readonly RoleInApp[]),
  }),
})

export const Screen = () => <ResourcePage of={description} />
