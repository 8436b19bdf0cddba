/** Who calls a service in another process: everything that is decided there is decided by what is told here. */
import type { Call } from '../contract.ts'
import type { Credentials, Identity, Role } from '../governance.ts'
import type { SentCaller } from './protocol.ts'

interface Known {
  readonly identity: Identity
  readonly credentials: Credentials
  readonly watched: boolean
}
const known = new WeakMap<Call, Known>()

/** What there is to tell of a call's caller. `watched`: whether anything waits for events. */
export const rememberCaller = (call: Call, caller: Known): void => {
  known.set(call, caller)
}

export interface Teller {
  call(call: Call): SentCaller
  /** Of somebody who reads what is written about the service. */
  reader(identity: Identity): SentCaller
}

/** Roles as one process knows them: by the rows that are about its service. */
export const createTeller = (service: string): Teller => {
  const numbers = new WeakMap<Role, number>()
  let count = 0
  const roleOf = (role: Role | undefined): Pick<SentCaller, 'role' | 'newRole'> => {
    // One that is not active permits nothing, as none.
    if (!role?.active) return {}
    const number = numbers.get(role)
    if (number !== undefined) return { role: number }
    numbers.set(role, ++count)
    const { id, name } = role
    const access = role.access.filter(
      (row) => row.service === null || row.service.toLowerCase() === service.toLowerCase(),
    )
    return { role: count, newRole: { id, name, access } }
  }
  const told = (identity: Identity, credentials: Credentials, watched: boolean, client?: string): SentCaller => {
    const { caller, admin, role } = identity
    return {
      app: caller.app && { id: caller.app.id, name: caller.app.name },
      user: caller.user && { ...caller.user },
      requestor: caller.requestor,
      admin,
      lookups: caller.lookups?.() ?? {},
      privateLookups: caller.lookups?.('private') ?? {},
      ...roleOf(role),
      sent: {
        key: credentials.apiKey !== undefined,
        token: credentials.sessionToken !== undefined || credentials.basic !== undefined,
      },
      client,
      watched,
    }
  }
  return {
    call(call) {
      const found = known.get(call)
      if (!found) throw new Error('Nobody knows who calls.')
      return told(found.identity, found.credentials, found.watched, call.client)
    },
    reader: (identity) => told(identity, {}, false),
  }
}
