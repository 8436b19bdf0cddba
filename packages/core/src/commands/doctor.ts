import { lookup } from 'node:dns/promises'
import { access, constants } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Configuration, configurationWarnings, describeProblem } from '../configuration/index.ts'
import type { Registry } from '../discovery/index.ts'
import { type OpenedGateway, offersGovernance, openGateway, settled } from './open.ts'
import { remedyFor } from './remedies.ts'
import { containStrays } from './strays.ts'
import { type Terminal, table } from './terminal.ts'

/** One service as the doctor found it. */
export interface Finding {
  readonly service: string
  readonly type: string
  /** The package and version it comes from, or `''`. */
  readonly package: string
  readonly state: string
  readonly reason: string
  readonly remedy: string
}

/** Starts every service for real, for a bounded time, and says what is wrong and how to mend it. */
export const doctor = async (
  terminal: Terminal,
  { config }: { readonly config?: string | undefined },
): Promise<number> => {
  const opened = await openGateway({ cwd: terminal.cwd, file: config, quiet: true })
  try {
    const findings = await examine(opened)
    const remarks = await remarksOn(opened)
    print(terminal, opened, findings, remarks)
    return remarks.length === 0 && findings.every(({ state }) => state === 'serving' || state === 'inactive') ? 0 : 1
  } finally {
    await opened.gateway.stop()
  }
}

/** @returns one finding a service, after all have settled or had their time */
export const examine = async (opened: OpenedGateway): Promise<readonly Finding[]> => {
  const { gateway, configuration, registry } = opened
  const release = containStrays(opened)
  await gateway.start()
  await settled(gateway, configuration().config.server.startTimeout + 1_000)
  const statuses = await gateway.health()
  release()
  return statuses.map(({ name, type, state, reason, detail, health }) => {
    const why = detail ?? reason ?? health ?? ''
    return {
      service: name,
      type,
      package: packageOf(registry, type),
      state: health === undefined ? state : 'unreachable',
      reason: why,
      remedy: remedyFor(why),
    }
  })
}

const packageOf = (registry: Registry, type: string): string =>
  registry
    .types()
    .filter(({ name }) => name === type)
    .map(({ package: from, version }) => (version === '' ? from : `${from}@${version}`))
    .join(', ')

/** What is wrong beside the services. */
const remarksOn = async ({ configuration, registry }: OpenedGateway): Promise<readonly string[]> => {
  const { config, root } = configuration()
  return [
    ...registry.problems.map(({ reason }) => reason),
    ...configurationWarnings(config, offersGovernance(registry)).map((warning) => describeProblem(warning)),
    ...(await unresolvedHosts(config)),
    ...(await unwritableState(resolve(root, config.state.directory))),
  ]
}

const unresolvedHosts = async ({ egress }: Configuration): Promise<readonly string[]> => {
  const hosts = [...egress.allow, ...(egress.only ?? [])]
    .map((entry) => entry.replace(/:\d+$/, ''))
    .filter((host) => isIP(host) === 0 && /^[a-z0-9.-]+$/i.test(host))
  const found = await Promise.all(
    [...new Set(hosts)].map(async (host) => {
      const known = await Promise.race([
        lookup(host).then(
          () => true,
          () => false,
        ),
        sleep(3_000, false, { ref: false }),
      ])
      return known ? [] : [`egress: the name ${host} cannot be resolved from here`]
    }),
  )
  return found.flat()
}

const unwritableState = async (directory: string): Promise<readonly string[]> => {
  let at = directory
  for (;;) {
    try {
      await access(at, constants.W_OK)
      return []
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(at) !== at
      if (!missing) return [`state.directory: ${directory} cannot be written: what services keep would be lost`]
      at = dirname(at)
    }
  }
}

const print = (
  terminal: Terminal,
  { configuration }: OpenedGateway,
  findings: readonly Finding[],
  remarks: readonly string[],
) => {
  terminal.print(`${configuration().file}\n`)
  const rows = findings.map((one) => [one.service, one.type, one.package || '-', one.state, one.remedy])
  if (rows.length === 0) terminal.print('No services are configured.')
  else terminal.print(table(terminal, ['service', 'type', 'package', 'state', 'what to do'], rows))
  // Reasons are sentences: a column of them would not fit.
  const reasons = findings.filter(({ reason }) => reason !== '')
  if (reasons.length > 0) terminal.print()
  for (const { service, reason } of reasons) terminal.print(`${terminal.style('red', '✗')} ${service}: ${reason}`)
  if (remarks.length > 0) terminal.print()
  for (const remark of remarks) terminal.print(`${terminal.style('yellow', '!')} ${remark}`)
  if (reasons.length === 0 && remarks.length === 0) terminal.print(`\n${terminal.style('green', '✓')} All is well.`)
}
