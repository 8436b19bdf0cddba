/** Programs that call the APIs, with their keys. */
import { useQuery } from '@tanstack/react-query'
import { AppWindow, KeyRound } from 'lucide-react'
import { useState } from 'react'
import { type App, apps as resource, roles } from '../../api/access.ts'
import { recordOptions, useList, useSave } from '../../api/resource.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { RecordChoice } from '../../components/record-choice.tsx'
import { describeResource, type PanelProps } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { apps as text } from '../../text/access.ts'

const RoleName = ({ id }: { readonly id: number | null }) => {
  const { data } = useList(roles)
  return <>{id === null ? '–' : (data?.resource.find((role) => role.id === id)?.name ?? id)}</>
}

const RoleChoice = (props: CustomControlProps) => <RecordChoice of={roles} none={text.noRole} {...props} />

/** The key, when it is asked for. */
const Key = ({ row }: PanelProps<App>) => {
  const [shown, setShown] = useState(false)
  const [asking, setAsking] = useState(false)
  const { data, error } = useQuery({ ...recordOptions(resource, row.id), enabled: shown })
  const { mutateAsync } = useSave(resource)
  const key = data?.api_key ?? row.api_key
  return (
    <Card
      title={text.key.title}
      description={text.key.text}
      footer={
        <>
          <Button variant="outline" onClick={() => setShown(!shown)}>
            {shown ? text.key.hide : text.key.show}
          </Button>
          <Button variant="outline" onClick={() => setAsking(true)}>
            <KeyRound />
            {text.key.regenerate}
          </Button>
        </>
      }
    >
      <ErrorNotice error={error} />
      <div className="flex items-center gap-2">
        <code className="min-w-0 flex-1 break-all rounded-md bg-muted px-3 py-2 font-mono text-xs" aria-live="polite">
          {shown ? key : '•'.repeat(32)}
        </code>
        {shown && <CopyButton text={key} />}
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.key.ask}
        consequences={text.key.goes}
        action={text.key.regenerate}
        onConfirm={async () => {
          await mutateAsync({ id: row.id, values: {}, query: { regenerate: true } })
          setShown(true)
          notify.done(text.key.made)
        }}
      />
    </Card>
  )
}

const description = describeResource<App>({
  resource,
  path: '/apps',
  icon: AppWindow,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', header: text.fields.name, value: ({ name }) => name, className: 'font-medium' },
    {
      id: 'role',
      header: text.fields.role,
      value: ({ role_id: role }) => role,
      cell: (app) => <RoleName id={app.role_id} />,
    },
    { id: 'description', header: text.fields.description, value: (app) => app.description, from: 'md' },
  ],
  active: 'is_active',
  form: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', title: text.fields.name, maxLength: 64 },
      role_id: { type: 'integer', title: text.fields.role },
      description: { type: 'string', format: 'textarea', title: text.fields.description, maxLength: 255 },
    },
  },
  controls: { role_id: RoleChoice },
  initial: { is_active: true },
  fromForm: ({ name, role_id = null, description = null }, row) => ({
    name,
    role_id,
    description,
    ...(!row && { is_active: true }),
  }),
  consequences: ({ user_to_app_to_role_by_app_id: users = [] }) => [
    text.keyGone,
    ...(users.length > 0 ? [text.loses(users.length)] : []),
  ],
  panels: [Key],
})

export const Screen = () => <ResourcePage of={description} />
