/** What users and admins have in common. */
import type { Person } from '../../api/access.ts'
import type { JsonSchema } from '../../api/types.ts'
import type { Column } from '../../components/data-table.tsx'
import { admins as text } from '../../text/access.ts'

export const PERSON_COLUMNS: readonly Column<Person>[] = [
  { id: 'name', header: text.fields.name, value: ({ name }) => name, className: 'font-medium' },
  { id: 'email', header: text.fields.email, value: ({ email }) => email, from: 'sm' },
  { id: 'seen', header: text.fields.seen, value: ({ last_login_date: seen }) => seen, from: 'md' },
]

export const PERSON_FORM: JsonSchema = {
  type: 'object',
  required: ['name', 'email'],
  properties: {
    name: { type: 'string', title: text.fields.name, maxLength: 255 },
    email: { type: 'string', title: text.fields.email, format: 'email', maxLength: 255 },
    first_name: { type: 'string', title: text.fields.first },
    last_name: { type: 'string', title: text.fields.last },
    phone: { type: 'string', title: text.fields.phone },
    password: { type: 'string', title: text.fields.password, description: text.passwordHelp.fresh, writeOnly: true },
  },
}

/** A password that was not typed is not sent. */
export const personFrom = (values: Readonly<Record<string, unknown>>, row: Person | undefined) => {
  const { password, ...others } = values
  const names = Object.keys(PERSON_FORM.properties ?? {}).filter((name) => name !== 'password')
  return {
    ...Object.fromEntries(names.flatMap((name) => (others[name] === undefined ? [] : [[name, others[name]]]))),
    ...(typeof password === 'string' && password !== '' && { password }),
    ...(!row && { is_active: true }),
  }
}
/** A password is never read back: there is nothing to leave unchanged in the form. */
export const personTo = (row: Person) => ({ ...row, password: undefined })
