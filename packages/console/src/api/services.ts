/** Services, the types that they can have, and how they are. */
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { ApiError, request } from './client.ts'
import { schemaOf } from './descriptors.ts'
import { defineResource, type Listed } from './resource.ts'
import type { JsonSchema, Service, ServiceHealth, ServiceType, TestResult } from './types.ts'

export const services = defineResource<Service>({ name: 'service', touches: ['health', 'role', 'event', 'calls'] })

/** The gateway's own services: there from the start, and not to be made or deleted. */
export const isOwn = ({ mutable, deletable }: Service): boolean => mutable && !deletable

export const serviceTypesOptions = queryOptions({
  queryKey: ['service_type'],
  queryFn: async ({ signal }) => (await request<Listed<ServiceType>>('system/service_type', { signal })).resource,
  // Types come with packages, and those with a start of the gateway.
  staleTime: 5 * 60_000,
})
export const useServiceTypes = () => useQuery(serviceTypesOptions)

/** The settings of a type as the schema that its form is drawn from. */
export const schemaOfType = ({ config_json_schema: schema, config_schema: descriptors }: ServiceType): JsonSchema =>
  schema ?? schemaOf(descriptors)

/** How many roles name a service in their access. */
export const accessRowsOptions = (service: number) =>
  queryOptions({
    queryKey: ['role', 'access', service],
    queryFn: async ({ signal }): Promise<number> => {
      const related = 'role_service_access_by_service_id'
      type Row = { readonly [related]?: readonly { readonly role_id: number }[] }
      const found = await request<Row>(`system/service/${service}`, { query: { fields: 'id', related }, signal })
      return new Set(found[related]?.map(({ role_id: role }) => role)).size
    },
  })

/** By name; empty where the gateway can not tell. */
export const healthOptions = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, ServiceHealth>> => {
    try {
      const { resource } = await request<Listed<ServiceHealth>>('system/service/_health', { signal })
      return new Map(resource.map((one) => [one.name, one]))
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return new Map()
      throw error
    }
  },
  refetchInterval: 10_000,
})
export const useHealth = () => useQuery(healthOptions)

/** Tries a service's settings without making it; an `id` says whose masked secrets are meant. */
export const useTestService = () =>
  useMutation({
    mutationFn: (service: Partial<Service>) =>
      request<TestResult>('system/service/_test', { method: 'POST', body: service }),
  })
