/** Users as sessions are judged by: no passwords, and nothing that signing in changes. */
import type { Row } from '@gw/records'

export interface StoredUser {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly ldapUsername: string
  readonly active: boolean
  readonly admin: boolean
  readonly defaultAppId: number | undefined
  /** Sessions of an earlier number are over. */
  readonly epoch: number
}

/** The fields that these are made of. */
export const USER_FIELDS = [
  'id',
  'name',
  'email',
  'username',
  'first_name',
  'last_name',
  'ldap_username',
  'is_active',
  'is_sys_admin',
  'default_app_id',
  'session_epoch',
]

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

export const userOf = (row: Row): StoredUser => ({
  id: Number(row.id),
  name: text(row.name),
  email: text(row.email),
  username: text(row.username),
  firstName: text(row.first_name),
  lastName: text(row.last_name),
  ldapUsername: text(row.ldap_username),
  active: row.is_active === true,
  admin: row.is_sys_admin === true,
  defaultAppId: row.default_app_id === null ? undefined : Number(row.default_app_id),
  epoch: Number(row.session_epoch),
})

export const usersOf = (rows: readonly Row[]): ReadonlyMap<number, StoredUser> =>
  new Map(rows.map((row) => [Number(row.id), userOf(row)]))

/** Whether there is anybody who could let others in. */
export const hasAdministrator = ({ users }: { readonly users: ReadonlyMap<number, StoredUser> }): boolean =>
  users.values().some(({ admin }) => admin)
