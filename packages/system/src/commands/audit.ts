/** `gw audit`: the trail at the terminal. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, styleText } from 'node:util'
import type { PackageCommand } from '@gw/core/governance'
import { systemConfig } from '../config.ts'
import { openStore, type Store } from '../store/open.ts'

const USAGE = `Usage: gw audit [--since <2h|3d|2026-11-27>] [--user <e-mail>] [--resource <role>] [--limit <50>] [--json] [--follow]`

const COLUMNS = [
  'id',
  'time',
  'action',
  'resource',
  'record_id',
  'record_name',
  'user_name',
  'app_name',
  'via',
  'changes',
] as const
type Entry = Readonly<Record<(typeof COLUMNS)[number], unknown>>

interface Wanted {
  readonly since?: string | undefined
  readonly user?: string | undefined
  readonly resource?: string | undefined
  readonly limit: number
  /** Only what came after this one. */
  readonly after?: number
}

const UNIT: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const PATIENCE = 30_000
/** Milliseconds between two looks of `--follow`. */
const LOOK = 1_000

/** As times are stored. @throws Error where it is neither an age nor a time */
const timeOf = (text: string): string => {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const at = unit ? Date.now() - Number(count) * UNIT[unit]! : Date.parse(text)
  if (Number.isNaN(at)) throw new Error(`--since takes an age (30m, 2h, 3d) or a time (2026-11-27), not ${text}.`)
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** The newest that are wanted, the oldest of them first. */
const entriesIn = async ({ db, run }: Store, { since, user, resource, limit, after }: Wanted) => {
  let query = db.selectFrom('gw_audit').select([...COLUMNS])
  if (since !== undefined) query = query.where('time', '>=', since)
  if (user !== undefined) query = query.where('user_name', '=', user.toLowerCase())
  if (resource !== undefined) query = query.where('resource', '=', resource.toLowerCase())
  if (after !== undefined) query = query.where('id', '>', after)
  const { sql, parameters } = query.orderBy('id', 'desc').limit(limit).compile()
  const { rows } = await run(sql, parameters, { signal: AbortSignal.timeout(PATIENCE), writes: false })
  return rows.map((row) => Object.fromEntries(COLUMNS.map((name, at) => [name, row[at]])) as Entry).reverse()
}

const COLOUR = { create: 'green', update: 'yellow', delete: 'red' } as const

const told = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))
const lineOf = (entry: Entry): string => {
  const {
    time,
    action,
    resource,
    record_id: id,
    record_name: name,
    user_name: user,
    app_name: app,
    via,
    changes,
  } = entry
  const who = [user, app && `by ${app}`, via].filter(Boolean).join(' ') || 'nobody known'
  const what = `${resource}/${id}${name ? ` ${name}` : ''}`
  const fields = Object.entries(
    JSON.parse(String(changes ?? '{}')) as Record<string, { before?: unknown; after?: unknown }>,
  )
  const parts =
    action === 'update' ? fields.map(([field, { before, after }]) => `${field}: ${told(before)} → ${told(after)}`) : []
  const verb = styleText(COLOUR[String(action) as keyof typeof COLOUR] ?? 'white', String(action).padEnd(6))
  return [`${String(time).slice(0, 19)}  ${verb}  ${what}  ${who}`, ...parts.map((part) => `    ${part}`)].join('\n')
}

const command: PackageCommand = {
  description: 'show who changed what of the system',
  usage: USAGE,
  async run(args, { print, note, governance }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        since: { type: 'string' },
        user: { type: 'string' },
        resource: { type: 'string' },
        limit: { type: 'string', default: '50' },
        json: { type: 'boolean', default: false },
        follow: { type: 'boolean', default: false },
      },
    })
    if (positionals.length > 0 || !/^[1-9]\d{0,5}$/.test(values.limit)) {
      note(USAGE)
      return 1
    }
    const context = await governance()
    const store = await openStore(systemConfig(context.config), context)
    const show = (entry: Entry) =>
      print(
        values.json ? JSON.stringify({ ...entry, changes: JSON.parse(String(entry.changes ?? '{}')) }) : lineOf(entry),
      )
    try {
      const wanted: Wanted = {
        since: values.since === undefined ? undefined : timeOf(values.since),
        user: values.user,
        resource: values.resource,
        limit: Number(values.limit),
      }
      let last = 0
      const look = async (more: Partial<Wanted> = {}) => {
        for (const entry of await entriesIn(store, { ...wanted, ...more })) {
          show(entry)
          last = Number(entry.id)
        }
      }
      await look()
      if (last === 0 && !values.follow) note('There are no such entries.')
      while (values.follow) {
        await sleep(LOOK)
        await look({ after: last, limit: 1_000 })
      }
      return 0
    } finally {
      await store.close()
    }
  },
}

export default command
