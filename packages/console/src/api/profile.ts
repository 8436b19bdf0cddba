/** What administrators know and change of themselves. */
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './client.ts'
import { environmentOptions, sessionOptions, useSignIn } from './session.ts'

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

/** What one signs in with here. Asked while the session still holds: a call with one that is over is refused. */
const loginOf = async (
  client: QueryClient,
  { email, username }: { readonly email: string; readonly username?: string | null | undefined },
): Promise<string> => {
  const { authentication } = await client.ensureQueryData(environmentOptions)
  return authentication.login_attribute === 'username' ? (username ?? email) : email
}

export type ProfileChange = Partial<Profile> & { readonly current_password?: string }

/** Another address ends the session, which names it: a new one is begun with the password that was given. */
export const useChangeProfile = () => {
  const client = useQueryClient()
  const signIn = useSignIn()
  return useMutation({
    mutationFn: async (change: ProfileChange) => {
      const { email, username, current_password: password } = change
      const login = email === undefined ? undefined : await loginOf(client, { email, username })
      await request('system/admin/profile', { method: 'PATCH', body: change })
      if (login !== undefined && password) await signIn.mutateAsync({ login, password })
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
      const login = await loginOf(client, await client.ensureQueryData(profileOptions))
      await request('system/admin/password', { method: 'POST', body: { old_password: before, new_password: next } })
      await signIn.mutateAsync({ login, password: next })
    },
  })
}
