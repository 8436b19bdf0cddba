/** Lookups: values that filters and configurations name. The smallest screen there is; others are made after it. */
import { Tags } from 'lucide-react'
import { defineResource } from '../../api/resource.ts'
import type { Audited } from '../../api/types.ts'
import { describeResource } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import { lookups as text } from '../../text/lookups.ts'

interface Lookup extends Audited {
  readonly id: number
  readonly name: string
  readonly value: string | null
  readonly private: boolean
  readonly description: string | null
}

const lookups = describeResource<Lookup>({
  resource: defineResource<Lookup>({ name: 'lookup' }),
  path: '/lookups',
  icon: Tags,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: [
    {
      id: 'name',
      header: text.fields.name,
      value: ({ name }) => name,
      cell: ({ name }) => <code className="font-mono text-[0.8125rem]">{`{${name}}`}</code>,
    },
    { id: 'value', header: text.fields.value, value: ({ value }) => value, className: 'max-w-64 truncate' },
    { id: 'private', header: text.fields.private, value: (row) => row.private, filter: true, from: 'sm' },
    { id: 'description', header: text.fields.description, value: ({ description }) => description, from: 'md' },
  ],
  form: {
    type: 'object',
    required: ['name'],
    properties: {
      name: {
        type: 'string',
        title: text.fields.name,
        description: text.help.name,
        maxLength: 255,
        pattern: '^[A-Za-z0-9_-]+$',
      },
      value: { type: 'string', title: text.fields.value, format: 'textarea' },
      private: { type: 'boolean', title: text.fields.private, description: text.help.private, default: false },
      description: { type: 'string', format: 'textarea', title: text.fields.description, maxLength: 255 },
    },
  },
})

export const Screen = () => <ResourcePage of={lookups} />
