/**
 * Who may write what decides about rights. A role may allow anything on `system`, but not to give away what its callers
 * do not have themselves: that takes an administrator without a role of their own.
 */
import { type Caller, GwError } from '@gw/core'
import type { RuleContext, TableRules, Values } from './rules.ts'

/** The gateway itself, where it writes for someone whom it has asked for a proof. */
export const GATEWAY: Caller = Object.freeze({ requestor: 'api', admin: true, lookup: () => undefined })

const isUnrestricted = ({ caller }: Pick<RuleContext, 'caller'>): boolean => caller?.admin === true

/** @throws GwError `forbidden` for everyone but unrestricted administrators */
export const checkMayWrite = (what: string, context: Pick<RuleContext, 'caller'>): void => {
  if (isUnrestricted(context)) return
  throw new GwError('forbidden', `Only administrators without a role of their own may write ${what}.`)
}

/** Rules that hold for what only unrestricted administrators may write. */
export const onlyAdministrators =
  (what: string) =>
  (rules: TableRules): TableRules => {
    const check = (context: RuleContext) => checkMayWrite(what, context)
    return {
      ...rules,
      check(values, context) {
        check(context)
        return rules.check ? rules.check(values, context) : values
      },
      removing(row, context) {
        check(context)
        return rules.removing?.(row, context)
      },
    }
  }

const beyond = () =>
  new GwError('forbidden', 'Only administrators may change users, or give away roles, that go beyond your own role.')

/** Whether a user has no role but the caller's own. Whoever could sign in as another would have their rights. */
const isWithin = async (userId: unknown, { caller, find }: RuleContext): Promise<boolean> => {
  const [user] = await find('user', { id: userId })
  if (!user || user.is_sys_admin === true) return false
  const assigned = await find('user_to_app_to_role', { user_id: userId })
  return assigned.every(({ role_id }) => role_id === caller?.role?.id)
}

/** @throws GwError `forbidden` where the user's rights go beyond the caller's */
export const checkUserWithin = async (userId: unknown, context: RuleContext): Promise<void> => {
  if (!isUnrestricted(context) && !(await isWithin(userId, context))) throw beyond()
}

/** @throws GwError `forbidden` for a new administrator, where the caller is none */
export const checkMakesAdmin = (admin: boolean, context: RuleContext): void => {
  if (admin && !isUnrestricted(context))
    throw new GwError('forbidden', 'Only administrators without a role of their own may write administrators.')
}

/** Which role a user has in an app: those who are no administrators give away their own, to those who have no other. */
export const assignmentRules: TableRules = {
  async known({ user_id, app_id }, { find }) {
    if (typeof user_id !== 'number' || typeof app_id !== 'number') return undefined
    const [row] = await find('user_to_app_to_role', { user_id, app_id })
    return row
  },
  twice: { app_id: ['Multiple user-to-app-to-role assignment: a user has one role in each app.'] },
  async check(values, context) {
    const { before, caller } = context
    if (isUnrestricted(context)) return values
    const row: Values = { ...before, ...values }
    const own = caller?.role?.id
    if (own === undefined || row.role_id !== own || (before && before.role_id !== own)) throw beyond()
    await checkUserWithin(row.user_id, context)
    if (before) await checkUserWithin(before.user_id, context)
    return values
  },
  async removing(row, context) {
    await checkUserWithin(row.user_id, context)
  },
}

/**
 * An administrator is restricted by having a role: what takes the last one away with it would let them do everything.
 * @throws GwError `conflict`
 */
export const keepRestrictions = async (where: Values, { find }: RuleContext): Promise<void> => {
  for (const assignment of await find('user_to_app_to_role', where)) {
    const [user] = await find('user', { id: assignment.user_id })
    if (user?.is_sys_admin !== true) continue
    const [field, value] = Object.entries(where)[0]!
    const all = await find('user_to_app_to_role', { user_id: assignment.user_id })
    if (all.every((one) => one[field] === value))
      throw new GwError(
        'conflict',
        `This is all that restricts the administrator ${user.email}. Give them another role, or delete them, first.`,
      )
  }
}
