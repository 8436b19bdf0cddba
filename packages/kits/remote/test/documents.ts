/** Published API descriptions, as their publishers have them. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** Beside the repository, where the machine has it. */
const DATA =
  process.env.GW_API_DESCRIPTIONS ?? resolve(import.meta.dirname, '../../../../../shared/data/api-descriptions')
const require = createRequire(import.meta.url)

export interface Published {
  readonly name: string
  readonly version: '2.0' | '3.0' | '3.1'
  readonly server: string
  /** How many operations it has. */
  readonly operations: number
  readonly file: string
  /** Why it is not there. */
  readonly missing: string | undefined
}

const beside = (name: string, file: string, facts: Pick<Published, 'version' | 'server' | 'operations'>): Published => {
  const path = join(DATA, file)
  const missing = existsSync(path)
    ? undefined
    : `the API descriptions are not beside this repository (../shared/data/api-descriptions/${file})`
  return { name, file: path, missing, ...facts }
}

const packed = (
  name: string,
  specifier: string,
  facts: Pick<Published, 'version' | 'server' | 'operations'>,
): Published => ({
  name,
  file: require.resolve(specifier),
  missing: undefined,
  ...facts,
})

export const PUBLISHED: readonly Published[] = [
  beside('GitHub', 'github.openapi.json', { version: '3.0', server: 'https://api.github.com', operations: 162 }),
  beside('Bitbucket', 'bitbucket.swagger.json', {
    version: '2.0',
    server: 'https://api.bitbucket.org/2.0',
    operations: 274,
  }),
  beside('Mailgun', 'mailgun.openapi.yaml', { version: '3.1', server: 'https://api.mailgun.net', operations: 213 }),
  packed('Figma', '@figma/rest-api-spec/openapi/openapi.yaml', {
    version: '3.1',
    server: 'https://api.figma.com',
    operations: 54,
  }),
  packed('Star Trek', '@readme/oas-examples/3.0/json/star-trek.json', {
    version: '3.0',
    server: 'http://stapi.co/api/v1/rest',
    operations: 120,
  }),
]

export const textOf = ({ file }: Published): string => readFileSync(file, 'utf8')
