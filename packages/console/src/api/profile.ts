/** What administrators know and change of themselves. */
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './client.ts'
import { type Credentials, environmentOptions, sessionOptions, useSignIn } from './session.ts'

export interface Profile {
  readonly username: string | null
  readonly name: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email: string
  readonly phone: string | null
}

export const profileOptions = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => request<Profile>('system/admin/profile', { signal }),
})
export const useProfile = () => useQuery(profileOptions)

interface Known {
  readonly email: string
  readonly username: string | null | undefined
  readonly password: string
}
const signInAs = async (
  client: QueryClient,
  signIn: (credentials: Credentials) => Promise<unknown>,
  { email, username, password }: Known,
): Promise<void> => {
  const { authentication } = await client.ensureQueryData(environmentOptions)
  await signIn({ login: authentication.login_attribute === 'username' ? (username ?? email) : email, password })
}

export type ProfileChange = Partial<Profile> & { readonly current_password?: string }

/** Another address ends the session, which names it: a new one is begun with the password that was given. */
export const useChangeProfile = () => {
  const client = useQueryClient()
  const signIn = useSignIn()
  return useMutation({
    mutationFn: async (change: ProfileChange) => {
      await request('system/admin/profile', { method: 'PATCH', body: change })
      const { email, username, current_password: password } = change
      if (email !== undefined && password) await signInAs(client, signIn.mutateAsync, { email, username, password })
      await Promise.all([
        client.invalidateQueries(profileOptions),
        client.invalidateQueries(sessionOptions),
        client.invalidateQueries({ queryKey: ['admin'] }),
      ])
    },
  })
}

export interface PasswordChange {
  readonly before: string
  readonly next: string
}

/** Sessions end with the password that began them: this one goes on as a new one. */
export const useChangePassword = () => {
  const client = useQueryClient()
  const signIn = useSignIn()
  return useMutation({
    mutationFn: async ({ before, next }: PasswordChange) => {
      const { email, username } = await client.ensureQueryData(profileOptions)
      await request('system/admin/password', { method: 'POST', body: { old_password: before, new_password: next } })
      await signInAs(client, signIn.mutateAsync, { email, username, password: next })
    },
  })
}
