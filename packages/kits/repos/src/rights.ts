/**
 * What a caller may do to each thing that a call touches beside the path that it names. `_repo/{repo}/{path}` stands for
 * a repository and what is in it, by whatever address it is reached.
 */
import { type Call, type Grant, GwError, type Method } from '@gw/core'
import { checkedRepository } from './names.ts'

export const componentOf = (repo: string, path = ''): string =>
  path === '' ? `_repo/${repo}` : `_repo/${repo}/${path}`

/** A host keeps no obligations of a grant. */
const refuseObligations = ({ filters, deny }: Grant): void => {
  if (filters.length > 0 || deny.length > 0)
    throw new GwError('forbidden', 'The role has rules for this path that a source control service can not keep.')
}

/** @throws what a call of its own would be refused with */
export const demand = (call: Pick<Call, 'access'>, component: string, method: Method): void =>
  refuseObligations(call.access(component, method))

export const may = (call: Pick<Call, 'access'>, component: string, method: Method): boolean => {
  try {
    demand(call, component, method)
    return true
  } catch (error) {
    if (!GwError.is(error)) throw error
    return false
  }
}

/** The repository that a call names, for who may read it: the others may not do anything with it. */
export const readableRepository = (call: Pick<Call<{ readonly repo_name: string }>, 'access' | 'params'>): string => {
  const repo = checkedRepository(call.params.repo_name)
  demand(call, componentOf(repo), 'GET')
  return repo
}
