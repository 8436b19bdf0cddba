/** What every script service's configuration holds, and the limits that an event script's `config` may hold. */
import { z } from 'zod'

const text = (title: string, description: string) => z.string().nullish().meta({ title, description })

/** How a script is bounded. */
export const limitShape = {
  timeout: z.int().min(1).max(3_600).default(30).meta({
    title: 'Timeout',
    description: 'Seconds that a run may take. A longer one is stopped.',
  }),
  memory_mb: z.int().min(16).max(16_384).default(128).meta({
    title: 'Memory',
    description: 'MiB that the script may use, beside what its interpreter needs.',
  }),
  max_concurrency: z.int().min(1).max(64).default(4).meta({
    title: 'Max Concurrency',
    description: 'Runs at the same time, each in a process of its own. Others wait.',
  }),
  allowed_hosts: z.array(z.string().min(1)).default([]).meta({
    title: 'Allowed Hosts',
    description:
      'Hosts outside that platform.api may call: names, "*.example.org" for all below a domain, "*" for all. The egress rules hold as well.',
  }),
  private_lookups: z.boolean().default(false).meta({
    title: 'Private Lookups',
    description: 'Hand private lookups to the script, too.',
  }),
  sandbox: z.enum(['required', 'preferred']).default('required').meta({
    title: 'Sandbox',
    description:
      'required: the script does not run on a host without a sandbox (bubblewrap). preferred: it then runs with fewer bounds; see `sandboxed` in system/script_type.',
  }),
}

export const scriptLimits = z.object(limitShape)
export type ScriptLimits = z.output<typeof scriptLimits>

export const scriptConfig = z.strictObject({
  // A document, in which {braces} are no lookups.
  content: z.string().nullish().meta({ title: 'Content', description: 'The script.', contentMediaType: 'text/plain' }),
  config: z.record(z.string(), z.unknown()).nullish().meta({
    title: 'Config',
    description: 'Handed to the script as platform.config.',
  }),
  queued: z.boolean().default(false).meta({
    title: 'Queued',
    description: 'Answer 202 at once, and run the script afterwards.',
  }),
  implements_access_list: z.boolean().default(false).meta({
    title: 'Implements Access List',
    description: 'Have the script answer as_access_list=true by itself.',
  }),
  storage_service_id: z.union([z.int(), z.string()]).nullish().meta({
    title: 'Storage Service',
    description: 'The name or id of the file or source-control service that keeps the script.',
  }),
  storage_path: text('Storage Path', 'Where it is kept there.'),
  scm_repository: text('Repository', 'The repository, where a source-control service keeps it.'),
  scm_reference: text('Branch or Tag', 'The branch or tag; by default the repository’s own.'),
  cache_enabled: z.boolean().default(false).meta({
    title: 'Data Retrieval Caching Enabled',
    description: 'Keep the answers to GET, each for its caller and its query.',
  }),
  cache_ttl: z.int().min(0).default(0).meta({
    title: 'Cache Time To Live',
    description: 'Seconds that an answer is kept.',
  }),
  ...limitShape,
})
export type ScriptConfig = z.output<typeof scriptConfig>
