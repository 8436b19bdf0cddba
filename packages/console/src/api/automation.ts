/** Messages that are sent, and scripts on events. */
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { request } from './client.ts'
import { defineResource, type Listed } from './resource.ts'
import type { Audited } from './types.ts'

export interface EmailTemplate extends Audited {
  readonly id: number
  readonly name: string
  readonly description: string | null
  /** An address, a person, or a list of them. */
  readonly to: unknown
  readonly cc: unknown
  readonly bcc: unknown
  readonly subject: string | null
  readonly body_text: string | null
  readonly body_html: string | null
  readonly from_name: string | null
  readonly from_email: string | null
  readonly reply_to_name: string | null
  readonly reply_to_email: string | null
  readonly defaults: Readonly<Record<string, unknown>> | null
}
export const emailTemplates = defineResource<EmailTemplate>({ name: 'email_template' })

export interface TemplatePreview {
  readonly subject: string | null
  readonly text: string | null
  readonly html: string | null
  readonly unknown: readonly string[]
}
export interface TemplateToPreview {
  readonly subject: string | null
  readonly body_text: string | null
  readonly body_html: string | null
  readonly defaults: Readonly<Record<string, unknown>> | null
}
export const useTemplatePreview = (template: TemplateToPreview) =>
  useQuery(
    queryOptions({
      queryKey: ['template-preview', template],
      queryFn: ({ signal }) =>
        request<TemplatePreview>('system/email_template/_preview', { method: 'POST', body: template, signal }),
      placeholderData: (before) => before,
    }),
  )

export interface EventScript extends Audited {
  /** The event: `db._table.orders.get.pre_process`. */
  readonly name: string
  readonly type: string
  readonly content: string | null
  readonly config: Readonly<Record<string, unknown>> | null
  readonly is_active: boolean
  readonly allow_event_modification: boolean
  readonly storage_service_id: number | null
  readonly storage_path: string | null
  readonly scm_repository: string | null
  readonly scm_reference: string | null
}
export const eventScripts = defineResource<EventScript>({ name: 'event_script', identifier: 'name' })

export interface ScriptType {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly sandboxed: boolean
  readonly isolation?: string
}
/** The languages that really run on the gateway's host. */
export const useScriptTypes = () =>
  useQuery(
    queryOptions({
      queryKey: ['script_type'],
      queryFn: async ({ signal }) => (await request<Listed<ScriptType>>('system/script_type', { signal })).resource,
      staleTime: 5 * 60_000,
    }),
  )

export interface EventPath {
  readonly endpoints: readonly string[]
  /** What stands for the placeholder of the path, by its name. */
  readonly parameter: Readonly<Record<string, readonly string[]>> | null
}
export const useEventServices = () =>
  useQuery(
    queryOptions({
      queryKey: ['event', 'services'],
      queryFn: async ({ signal }) =>
        (await request<Listed<string>>('system/event', { query: { services_only: true }, signal })).resource,
    }),
  )
/** By path; asks nothing while there is no service. */
export const useEvents = (service: string) =>
  useQuery({
    ...queryOptions({
      queryKey: ['event', service],
      queryFn: async ({ signal }) =>
        (
          await request<Readonly<Record<string, Readonly<Record<string, EventPath>>>>>('system/event', {
            query: { service },
            signal,
          })
        )[service] ?? {},
    }),
    enabled: service !== '',
  })

export interface ScriptTrial {
  readonly type: string
  readonly content: string
  readonly config: Readonly<Record<string, unknown>> | null
  readonly event: unknown
}
export interface ScriptOutcome {
  readonly ok: boolean
  readonly output?: unknown
  readonly event?: unknown
  readonly log: readonly { readonly level: string; readonly text: string }[]
  readonly error?: { readonly message: string; readonly line?: number }
  readonly duration_ms: number
}
export const useScriptTrial = () =>
  useMutation({
    mutationFn: (trial: ScriptTrial) =>
      request<ScriptOutcome>('system/event_script/_test', { method: 'POST', body: trial }),
  })
