/** `system/connector`: the packages that were found, and whether they are of use. Gw's own. */
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endpoint, GwError } from '@gw/core'
import type { DiscoveryProblem, InstalledPackage } from '@gw/core/governance'
import { z } from 'zod'
import type { SystemParts, SystemResource } from './resource.ts'
import { checkSeesAll } from './seeing.ts'

const connectorSchema = z
  .object({
    name: z.string(),
    version: z.string().nullable(),
    contract: z.string().nullable().meta({ description: 'The versions of the contract that it was written for.' }),
    service_types: z.array(z.string()),
    static: z.array(z.string()).meta({ description: 'Where it has files served.' }),
    state: z.enum(['usable', 'unusable']),
    problems: z.array(z.string()),
    conformance: z
      .unknown()
      .meta({ description: 'What the package says of the suites that it passes: its gw-conformance.json.' }),
  })
  .meta({ title: 'Connector' })
type Connector = z.output<typeof connectorSchema>

const REPORT = 'gw-conformance.json'
/** Bytes that a report may have. */
const LONGEST = 256 * 1024

/** A file of the package itself: no link out of it. */
const reportIn = async (directory: string): Promise<unknown> => {
  const place = join(directory, REPORT)
  try {
    const state = await lstat(place)
    if (!state.isFile() || state.size > LONGEST) return null
    return JSON.parse(await readFile(place, 'utf8'))
  } catch {
    return null
  }
}

/** Types are imported by this, as by the list of service types. */
const problemsOf = async (parts: SystemParts, types: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    types.map(async (type) => {
      try {
        await parts.types.load(type)
        return []
      } catch (error) {
        return [GwError.is(error) ? error.message : `The service type "${type}" can not be loaded.`]
      }
    }),
  )
  return found.flat()
}

const connectorOf = async (
  parts: SystemParts,
  { directory, manifest, refused }: InstalledPackage,
  problems: readonly DiscoveryProblem[],
): Promise<Connector> => {
  const types = Object.keys(manifest.serviceTypes)
  const own = problems.filter(({ package: name }) => name.split(', ').includes(manifest.package))
  const told = [...own.map(({ reason }) => reason), ...(refused === undefined ? await problemsOf(parts, types) : [])]
  return {
    name: manifest.package,
    version: manifest.version,
    contract: manifest.contract,
    service_types: types,
    static: Object.keys(manifest.static),
    state: told.length > 0 ? 'unusable' : 'usable',
    problems: [...new Set(told)],
    conformance: await reportIn(directory),
  }
}

/** What is named, and not there or no connector. */
const unfound = ({ package: name, reason }: DiscoveryProblem): Connector => ({
  name,
  version: null,
  contract: null,
  service_types: [],
  static: [],
  state: 'unusable',
  problems: [reason],
  conformance: null,
})

const connectorsOf = async (parts: SystemParts): Promise<readonly Connector[]> => {
  const { packages, problems } = parts.installed()
  const names = new Set(packages.map(({ manifest }) => manifest.package))
  const found = await Promise.all(packages.map((one) => connectorOf(parts, one, problems)))
  const rest = problems.filter(({ package: name }) => !name.split(', ').some((one) => names.has(one)))
  return [...found, ...rest.map(unfound)].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export const connector: SystemResource = {
  name: 'connector',
  label: 'Connectors',
  description: 'The packages that were found, and whether they are of use.',
  readOnly: true,
  endpoints: (parts) => [
    endpoint({
      id: 'getConnectors',
      method: 'GET',
      path: '/connector',
      tags: ['Connectors'],
      summary: 'List the packages that were found',
      response: z.object({ resource: z.array(connectorSchema) }),
      errors: ['forbidden'],
      async handle(call) {
        checkSeesAll(call)
        return { resource: [...(await connectorsOf(parts))] }
      },
    }),
  ],
}
