/** Scripts that run on the calls of services. */
import { SquareFunction } from 'lucide-react'
import { type EventScript, eventScripts as resource } from '../../api/automation.ts'
import { services } from '../../api/services.ts'
import { RecordChoice } from '../../components/record-choice.tsx'
import { describeResource } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { eventScripts as text } from '../../text/automation.ts'
import { EventPicker } from './event-picker.tsx'
import { Language, Script } from './script.tsx'
import { Trial } from './trial.tsx'

const { fields, help, groups } = text

const StorageChoice = (props: CustomControlProps) => <RecordChoice of={services} {...props} />

/** Never folded away. */
const SHOWN = { 'x-group': '' } as const
const KEPT = { 'x-group': groups.kept } as const

const description = describeResource<EventScript>({
  resource,
  path: '/event-scripts',
  icon: SquareFunction,
  text,
  idOf: ({ name }) => name,
  nameOf: ({ name }) => name,
  columns: [
    {
      id: 'name',
      header: fields.name,
      value: ({ name }) => name,
      cell: ({ name }) => <code className="break-all font-mono text-[0.8125rem]">{name}</code>,
    },
    { id: 'type', header: fields.type, value: ({ type }) => type, filter: true, from: 'sm' },
    {
      id: 'modification',
      header: fields.modification,
      value: (row) => row.allow_event_modification,
      from: 'md',
    },
  ],
  active: 'is_active',
  form: {
    type: 'object',
    required: ['name', 'type'],
    properties: {
      name: { type: 'string', title: fields.name, maxLength: 255, ...SHOWN },
      type: { type: 'string', title: fields.type, ...SHOWN },
      content: { type: 'string', title: fields.content, description: help.content, ...SHOWN },
      allow_event_modification: {
        type: 'boolean',
        title: fields.modification,
        description: help.modification,
        default: false,
        ...SHOWN,
      },
      config: { type: 'object', title: fields.config, description: help.config, additionalProperties: true, ...SHOWN },
      trial: SHOWN,
      storage_service_id: { type: 'integer', title: fields.storage, ...KEPT },
      storage_path: { type: 'string', title: fields.path, description: help.path, maxLength: 255, ...KEPT },
      scm_repository: { type: 'string', title: fields.repository, maxLength: 255, ...KEPT },
      scm_reference: { type: 'string', title: fields.reference, maxLength: 255, ...KEPT },
    },
  },
  controls: {
    name: EventPicker,
    type: Language,
    content: Script,
    trial: Trial,
    storage_service_id: StorageChoice,
  },
  fromForm: (values, row) => ({
    // A script is known by its event: that of one that there is stays.
    ...(!row && { name: values.name, is_active: true }),
    type: values.type,
    content: values.content ?? null,
    allow_event_modification: values.allow_event_modification === true,
    config: Object.keys((values.config ?? {}) as object).length > 0 ? values.config : null,
    storage_service_id: values.storage_service_id ?? null,
    storage_path: values.storage_path || null,
    scm_repository: values.scm_repository || null,
    scm_reference: values.scm_reference || null,
  }),
})

export const Screen = () => <ResourcePage of={description} />
