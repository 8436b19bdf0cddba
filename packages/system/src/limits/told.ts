/** What a caller is told of the limits on a service: those that its calls may count for. */
import type { Identity, ToldLimit } from '@gw/core/governance'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { PERIODS, type StoredLimit } from './limit.ts'

/** Whether some call of this caller on the service counts for it, by whatever verb and endpoint. */
const mayApply = (
  { type, userId, roleId, serviceId }: StoredLimit,
  { caller, role }: Identity,
  service: number | undefined,
) =>
  type.selectors.every((selector) => {
    if (selector === 'user_id') return Number(caller.user?.id) === userId
    if (selector === 'role_id') return Number(role?.id) === roleId
    return selector !== 'service_id' || serviceId === service
  })

const periodOf = (seconds: number): string =>
  Object.entries(PERIODS).find(([, length]) => length === seconds)?.[0] ?? `${seconds} seconds`

export const toldLimits =
  (snapshot: () => Snapshot) =>
  (identity: Identity, service: string): readonly ToldLimit[] => {
    const { limits, services } = snapshot()
    const id = services.find(({ name }) => name === service)?.id
    return limits
      .filter((limit) => mayApply(limit, identity, id))
      .map(({ name, rate, period, type, verb, endpoint }) => ({
        name,
        rate,
        period: periodOf(period),
        each_caller: type.each,
        ...(verb !== undefined && { verb }),
        ...(endpoint !== undefined && { endpoint }),
      }))
  }
