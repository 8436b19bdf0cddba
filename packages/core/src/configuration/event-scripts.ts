/** Scripts on the events of services, in the words of the wire contract's `system/event_script`. */
import { z } from 'zod'

const text = (title: string, description: string) => z.string().nullish().meta({ title, description })

const eventScript = z
  .strictObject({
    type: z.string().min(1).meta({ title: 'Type', description: 'The language: nodejs, python or php.' }),
    content: z.string().nullish().meta({
      title: 'Content',
      description: 'The script; from a file of its own with ${file:scripts/check.js}.',
      contentMediaType: 'text/plain',
    }),
    config: z.record(z.string(), z.unknown()).nullish().meta({
      title: 'Config',
      description: 'Handed to the script as platform.config; may hold its limits.',
    }),
    storage_service_id: z.union([z.int(), z.string()]).nullish().meta({
      title: 'Storage Service',
      description: 'The file or source-control service that keeps the script.',
    }),
    storage_path: text('Storage Path', 'Where it is kept there.'),
    scm_repository: text('Repository', 'The repository, where a source-control service keeps it.'),
    scm_reference: text('Branch or Tag', 'The branch or tag; by default the repository’s own.'),
    is_active: z.boolean().default(true).meta({ title: 'Active', description: 'Set to false to switch it off.' }),
    allow_event_modification: z.boolean().default(false).meta({
      title: 'Allow Event Modification',
      description: 'Let it change the request or the answer.',
    }),
  })
  .refine(({ storage_service_id, storage_path }) => !storage_service_id || Boolean(storage_path), {
    path: ['storage_path'],
    message: 'is needed where another service keeps the script',
  })
  .meta({ title: 'Event script', description: 'A script that hangs on an event.' })

/** A misspelt stage would make it a script that runs after the answer, and refuses nothing. */
const eventName = z
  .string()
  .max(255)
  .regex(
    /^[^\s.]+(\.[^.]+)*?\.(get|post|put|patch|delete)(\.(pre_process|post_process|queued))?$/,
    'must end with a verb in lower case, and with .pre_process, .post_process or .queued where it is not to run after the answer: db._table.orders.post.pre_process',
  )

export const eventScripts = z.record(eventName, eventScript).default({}).meta({
  title: 'Event scripts',
  description: 'Scripts on the calls of services, by the name of the event: db._table.orders.post.pre_process.',
})
export type EventScriptConfiguration = z.output<typeof eventScript>
