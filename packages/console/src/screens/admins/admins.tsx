/** People who look after the gateway. */
import { MailPlus, UserCog } from 'lucide-react'
import { type Person, admins as resource } from '../../api/access.ts'
import { useSave } from '../../api/resource.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { describeResource, type PanelProps } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { admins as text } from '../../text/access.ts'
import { PERSON_COLUMNS, PERSON_FORM, personFrom, personTo } from '../users/person.ts'

const Invitation = ({ row }: PanelProps<Person>) => {
  const { mutateAsync, error, isPending } = useSave(resource)
  const send = async () => {
    try {
      await mutateAsync({ id: row.id, values: { name: row.name }, query: { send_invite: true } })
      notify.done(text.invite.sent)
    } catch {
      // Shown below.
    }
  }
  return (
    <Card title={text.invite.title} description={text.invite.text}>
      <div className="grid justify-items-start gap-3">
        <ErrorNotice error={error} className="w-full" />
        <Button variant="outline" disabled={isPending} onClick={() => void send()}>
          <MailPlus />
          {text.invite.send}
        </Button>
      </div>
    </Card>
  )
}

const description = describeResource<Person>({
  resource,
  path: '/admins',
  icon: UserCog,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: PERSON_COLUMNS,
  active: 'is_active',
  form: PERSON_FORM,
  toForm: personTo,
  fromForm: personFrom,
  panels: [Invitation],
})

export const Screen = () => <ResourcePage of={description} />
