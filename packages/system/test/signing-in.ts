/** Signing in at an opened gateway, as clients do. */
import { type Answer, type Opened, PASSWORD } from './opened.ts'

export const ROOT = { email: 'root@gw.test', password: PASSWORD }

export const withToken = (token: string) => ({ 'x-dreamfactory-session-token': token })
export const withKey = (key: string) => ({ 'x-dreamfactory-api-key': key })

export const messageOf = ({ body }: Answer): string => body.error?.message

export const signIn = async (
  { ask }: Pick<Opened, 'ask'>,
  credentials: object = ROOT,
  path = 'system/admin/session',
): Promise<{ token: string; headers: Record<string, string> }> => {
  const { status, body } = await ask('POST', path, credentials, {})
  if (status !== 200) throw new Error(`Nobody was signed in: ${JSON.stringify(body)}`)
  return { token: body.session_token, headers: withToken(body.session_token) }
}

/** A user with a password, as an administrator makes one. */
export const makeUser = async (
  { ask }: Pick<Opened, 'ask'>,
  admin: Record<string, string>,
  name: string,
  more: object = {},
): Promise<{ readonly id: number; readonly email: string; readonly password: string }> => {
  const user = { name, email: `${name}@gw.test`, password: `the password of ${name}` }
  const { status, body } = await ask('POST', 'system/user', { resource: [{ ...user, ...more }] }, admin)
  if (status !== 201) throw new Error(`No user was made: ${JSON.stringify(body)}`)
  return { id: body.resource[0].id, email: user.email, password: user.password }
}

/** What becomes of signing in. */
export const signInStatus = async ({ ask }: Pick<Opened, 'ask'>, path: string, login: object): Promise<number> =>
  (await ask('POST', path, login, {})).status
