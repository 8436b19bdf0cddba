/** What the caller may do to each thing that a call touches beside the path that it names. */
import { type Call, type Grant, GwError, type Method } from '@gw/core'

export interface Rights {
  /** @throws what a call of its own would be refused with */
  demand(path: string, method: Method): void
  may(path: string, method: Method): boolean
}

/** Obligations of a grant can not be kept by a store of bytes. */
const refuseObligations = ({ filters, deny }: Grant): void => {
  if (filters.length > 0 || deny.length > 0)
    throw new GwError('forbidden', 'The role has rules for this path that a file service can not keep.')
}

export const rightsOf = (call: Pick<Call, 'access'>): Rights => {
  const decided = new Map<string, boolean>()
  const demand = (path: string, method: Method) => refuseObligations(call.access(path, method))
  return {
    demand,
    may(path, method) {
      const key = `${method} ${path}`
      const known = decided.get(key)
      if (known !== undefined) return known
      let may = true
      try {
        demand(path, method)
      } catch (error) {
        if (!GwError.is(error)) throw error
        may = false
      }
      // A walk through a large tree asks for folders again and again, for files once.
      if (path.endsWith('/')) decided.set(key, may)
      return may
    },
  }
}
