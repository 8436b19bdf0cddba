/** What clients are told of a session (platform.md §2.2). */
import { hostname } from 'node:os'
import type { Role } from '@gw/core/governance'
import { z } from 'zod'
import { storedTime } from '../identity/accounts.ts'
import type { StoredUser } from '../snapshot/users.ts'

export const sessionObject = z
  .object({
    session_token: z.string().nullable().optional().meta({
      description:
        'Sent as X-DreamFactory-Session-Token, or as a bearer token. Not there where the session is in a cookie.',
    }),
    session_id: z.string().nullable().optional().meta({ description: 'The same.' }),
    id: z.int(),
    name: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    email: z.string(),
    is_sys_admin: z.boolean(),
    last_login_date: z.string().nullable(),
    host: z.string(),
    token_expiry_date: z.string().nullable().meta({ description: 'In UTC: YYYY-MM-DD HH:MM:SS.' }),
    role: z.string().optional().meta({ description: 'The role that the call has with its API key, where it has one.' }),
    role_id: z.union([z.int(), z.string()]).optional(),
    is_root_admin: z.boolean().meta({ description: 'Whether an administrator has no role, and so may do everything.' }),
    oauth_token: z.string().optional(),
    id_token: z.string().optional(),
  })
  .meta({ id: 'Session', description: 'A session, and whose it is.' })

export interface ToldSession {
  readonly user: StoredUser
  readonly token: string | undefined
  /** Seconds since 1970. */
  readonly expires: number | undefined
  readonly lastLogin: unknown
  readonly role: Role | undefined
  readonly unrestricted: boolean
}

export const toldSession = ({
  user,
  token = undefined,
  expires,
  lastLogin,
  role,
  unrestricted,
}: ToldSession): z.output<typeof sessionObject> => ({
  session_token: token ?? null,
  session_id: token ?? null,
  id: user.id,
  name: user.name,
  first_name: user.firstName,
  last_name: user.lastName,
  email: user.email,
  is_sys_admin: user.admin,
  last_login_date: typeof lastLogin === 'string' ? lastLogin : null,
  host: hostname(),
  token_expiry_date: expires === undefined ? null : storedTime(new Date(expires * 1_000)),
  ...(role && { role: role.name, role_id: role.id as number | string }),
  is_root_admin: unrestricted,
})
