/** How often something may be called, and how often it has been. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Gauge, RotateCcw } from 'lucide-react'
import { type Limit, type LimitCount, limitCountsOptions, limits as resource, roles, users } from '../../api/access.ts'
import { request } from '../../api/client.ts'
import { services } from '../../api/services.ts'
import { DataTable } from '../../components/data-table.tsx'
import { notify } from '../../components/notify.ts'
import { RecordChoice } from '../../components/record-choice.tsx'
import { describeResource, type PanelProps } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { limits as text } from '../../text/access.ts'

const TYPES = Object.keys(text.types)
/** The kinds that name one of these. */
const naming = (part: RegExp): readonly string[] => TYPES.filter((type) => part.test(type))
const PERIODS = ['minute', 'hour', 'day', '7-day', '30-day']
const { fields } = text

const UserChoice = (props: CustomControlProps) => <RecordChoice of={users} {...props} />
const RoleChoice = (props: CustomControlProps) => <RecordChoice of={roles} {...props} />
const ServiceChoice = (props: CustomControlProps) => <RecordChoice of={services} {...props} />

const Now = ({ row }: PanelProps<Limit>) => {
  const client = useQueryClient()
  const { data: counts = [] } = useQuery(limitCountsOptions(row.id))
  const reset = async () => {
    try {
      await request(`system/limit_cache/${row.id}`, { method: 'DELETE' })
      notify.done(text.now.done)
      await client.invalidateQueries({ queryKey: [resource.name] })
    } catch (error) {
      notify.failed(error)
    }
  }
  return (
    <Card
      title={text.now.title}
      description={text.now.text}
      actions={
        <Button variant="outline" size="sm" onClick={() => void reset()}>
          <RotateCcw />
          {text.now.reset}
        </Button>
      }
    >
      {counts.length === 0 ? (
        <p className="text-muted-foreground">{text.now.none}</p>
      ) : (
        <DataTable<LimitCount>
          label={text.now.title}
          searchable={false}
          rows={counts}
          idOf={({ key }) => key}
          nameOf={({ key }) => key}
          columns={[
            { id: 'key', header: text.now.key, value: ({ key }) => key },
            { id: 'attempts', header: text.now.attempts, value: ({ attempts }) => attempts },
            { id: 'remaining', header: text.now.remaining, value: ({ remaining }) => remaining },
          ]}
        />
      )}
    </Card>
  )
}

const description = describeResource<Limit>({
  resource,
  path: '/limits',
  icon: Gauge,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', header: fields.name, value: ({ name }) => name, className: 'font-medium' },
    { id: 'type', header: fields.type, value: ({ type }) => text.types[type] ?? type, filter: true },
    { id: 'rate', header: fields.rate, value: ({ rate, period }) => `${rate} / ${period}` },
  ],
  active: 'is_active',
  form: {
    type: 'object',
    required: ['name', 'type', 'rate', 'period', 'user_id', 'role_id', 'service_id', 'endpoint'],
    properties: {
      name: { type: 'string', title: fields.name, maxLength: 64 },
      type: {
        type: 'string',
        title: fields.type,
        enum: TYPES,
        'x-enum-labels': Object.values(text.types),
        default: 'instance',
      },
      rate: { type: 'integer', title: fields.rate, minimum: 1 },
      period: { type: 'string', title: fields.period, enum: PERIODS, default: 'minute' },
      user_id: { type: 'integer', title: fields.user, 'x-show-if': { type: naming(/\.user\b/) } },
      role_id: { type: 'integer', title: fields.role, 'x-show-if': { type: naming(/\.role$/) } },
      service_id: { type: 'integer', title: fields.service, 'x-show-if': { type: naming(/\.service\b/) } },
      endpoint: {
        type: 'string',
        title: fields.endpoint,
        description: text.endpointHelp,
        'x-show-if': { type: naming(/\.endpoint$/) },
      },
      verb: { type: 'string', title: fields.verb, enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
      description: { type: 'string', format: 'textarea', title: fields.description, maxLength: 255 },
    },
  },
  controls: { user_id: UserChoice, role_id: RoleChoice, service_id: ServiceChoice },
  fromForm: (values, row) => {
    const type = String(values.type)
    const only = (part: RegExp, value: unknown) => (part.test(type) ? (value ?? null) : null)
    return {
      name: values.name,
      type,
      rate: values.rate,
      period: values.period,
      user_id: only(/\.user\b/, values.user_id),
      role_id: only(/\.role$/, values.role_id),
      service_id: only(/\.service\b/, values.service_id),
      endpoint: only(/\.endpoint$/, values.endpoint),
      verb: values.verb || null,
      description: values.description ?? null,
      ...(!row && { is_active: true }),
    }
  },
  panels: [Now],
})

export const Screen = () => <ResourcePage of={description} />
