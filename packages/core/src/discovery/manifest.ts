import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'
import gtr from 'semver/ranges/gtr.js'
import validRange from 'semver/ranges/valid.js'
import { z } from 'zod'
import { CONTRACT_VERSION } from '../contract.ts'

const subpath = z.string().regex(/^\.(\/[^/\\]+)*$/, 'must be a subpath of the package: "." or "./name"')

const folder = z.string().regex(/^\.(\/(?!\.\.?(?:\/|$))[^/\\]+)+\/?$/, 'must be a folder of the package: "./dist/app"')

/** What a package's `package.json` says under `gw`. Unknown keys are left for later versions. */
const manifestSchema = z.object({
  contract: z.string().refine((range) => validRange(range) !== null, 'must be a range of versions, for example "^1.0"'),
  serviceTypes: z.record(z.string().regex(/^[\w.-]+$/, 'is no name of a service type'), subpath).default({}),
  governance: subpath.optional(),
  commands: z.record(z.string().regex(/^[a-z][\w:-]*$/, 'is no name of a command'), subpath).default({}),
  /** Folders of files that are served as they are, by where: `{ "/console": "./dist/app" }`. */
  static: z
    .record(z.string().regex(/^\/[a-z][a-z0-9_-]*$/, 'is no place for files: it must be like "/console"'), folder)
    .default({}),
})

/** What a package offers to a gateway; reading it runs none of its code. */
export interface Manifest extends z.output<typeof manifestSchema> {
  readonly package: string
  readonly version: string
}

/**
 * @param json a parsed `package.json`
 * @returns `undefined` where there is no `gw` in it: an ordinary package
 * @throws Error saying what is wrong with the manifest
 */
export const parseManifest = (json: unknown): Manifest | undefined => {
  const { name, version, gw } = (json ?? {}) as Record<string, unknown>
  if (gw === undefined) return undefined
  const result = manifestSchema.safeParse(gw)
  if (!result.success) {
    const reasons = result.error.issues.map((issue) => {
      const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined
      return `${['gw', ...issue.path].join('.')} ${(inner ?? issue.message).replace(/^Invalid input: /, '')}`
    })
    throw new Error(`its package.json is wrong: ${reasons.join('; ')}`)
  }
  return { ...result.data, package: String(name ?? '(unnamed)'), version: String(version ?? '0.0.0') }
}

/** @throws Error if the folder has no readable `package.json`, or a wrong manifest */
export const readManifest = async (packageDirectory: string): Promise<Manifest | undefined> => {
  let json: unknown
  try {
    json = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8'))
  } catch (error) {
    throw new Error('its package.json cannot be read', { cause: error })
  }
  return parseManifest(json)
}

/** Why a package cannot be used with this version of the contract, or `undefined` where it can. */
export const contractMismatch = ({ package: name, version, contract }: Manifest): string | undefined => {
  if (satisfies(CONTRACT_VERSION, contract)) return undefined
  const newer = gtr(CONTRACT_VERSION, contract)
  const remedy = newer ? `install a newer version of ${name}` : 'install a newer version of @gw/core'
  return `${name}@${version} needs contract ${contract}, this gateway has ${CONTRACT_VERSION}: ${remedy}`
}
