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

/** Who works here. */
export interface OwnSession extends Session {
  /** The gateway knows it no more: they sign in again, and find what they were doing as they left it. */
  readonly ended?: true
}

const SESSION = ['session'] as const

/** `null`: nobody is signed in, or someone who is no administrator. */
export const sessionOptions = queryOptions({
  queryKey: SESSION,
  queryFn: async ({ signal, client }): Promise<OwnSession | null> => {
    try {
      return await request<Session>('system/admin/session', { signal })
    } catch (error) {
      if (!(error instanceof ApiError && error.status >= 400 && error.status < 500)) throw error
      const before = client.getQueryData<OwnSession | null>(SESSION)
      return before ? { ...before, ended: true } : null
    }
  },
  staleTime: 5 * 60_000,
  retry: false,
})
export const useSession = () => useQuery(sessionOptions)

/** A call was refused because there is no session any more. */
export const noteEnd = (client: QueryClient): void => {
  client.setQueryData(sessionOptions.queryKey, (session) => session && { ...session, ended: true as const })
}

/** Whatever was read belongs to the one who has left. */
const changeTo = (client: QueryClient, session: Session | null): void => {
  const before = client.getQueryData(sessionOptions.queryKey)
  client.setQueryData(sessionOptions.queryKey, session)
  const others = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== SESSION[0] }
  // The same person again: their pages stand as they were, and are read anew.
  if (before && session && before.id === session.id) void client.invalidateQueries(others)
  else client.removeQueries(others)
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
      const told: unknown = await answer.json().catch(() => undefined)
      if (!answer.ok) throw errorOf(told, answer.status)
    },
    onSuccess: () => client.invalidateQueries(environmentOptions),
  })
}
