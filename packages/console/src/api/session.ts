/** Who is signed in, and whether there is anyone who could. */
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, errorOf, request } from './client.ts'
import type { Environment, Session } from './types.ts'

export const environmentOptions = queryOptions({
  queryKey: ['environment'],
  queryFn: ({ signal }) => request<Environment>('system/environment', { signal }),
  staleTime: 60_000,
})
export const useEnvironment = () => useQuery(environmentOptions)

/** `null`: nobody is signed in, or someone who is no administrator. */
export const sessionOptions = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await request<Session>('system/admin/session', { signal })
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
  retry: false,
})
export const useSession = () => useQuery(sessionOptions)

/** Whatever was read belongs to the one who has left. */
const changeTo = (client: QueryClient, session: Session | null): void => {
  client.setQueryData(sessionOptions.queryKey, session)
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionOptions.queryKey[0] })
}

export interface Credentials {
  /** Their e-mail address or user name, whichever people sign in with here. */
  readonly login: string
  readonly password: string
}

export const useSignIn = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ login, password }: Credentials) => {
      const { authentication } = await client.ensureQueryData(environmentOptions)
      return request<Session>('system/admin/session', {
        method: 'POST',
        body: { [authentication.login_attribute]: login, password },
      })
    },
    onSuccess: (session) => changeTo(client, session),
  })
}

export const useSignOut = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request('system/admin/session', { method: 'DELETE' }),
    onSettled: () => changeTo(client, null),
  })
}

/** A token is good for a day: it is exchanged long before, as long as the console is open. */
export const refreshSession = () => request<Session>('system/admin/session', { method: 'PUT' })

export interface FirstAdministrator {
  readonly code: string
  readonly email: string
  readonly name: string
  readonly password: string
}

/** Creates the first administrator. */
export const useSetUp = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (values: FirstAdministrator) => {
      // The one call that is not below /api: the page for gateways without a console is there, too.
      const answer = await fetch('/setup', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(values),
        redirect: 'manual',
      })
      if (!answer.ok) throw errorOf(await answer.json().catch(() => undefined), answer.status)
    },
    onSuccess: () => client.invalidateQueries(environmentOptions),
  })
}
