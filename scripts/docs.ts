/**
 * `pnpm docs`: writes the generated parts of docs/: option tables, from the schemas that validate the options, the
 * table of connectors, from the reports of `gw conformance`, where a gateway may call, from what its tests try, and the
 * declarations of the contract and of the kits, from the code.
 * `--check` writes nothing and fails where one is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { inputSchema } from '../packages/core/src/configuration/validate.ts'
import type { ServiceType } from '../packages/core/src/contract.ts'
import { systemSchema } from '../packages/system/src/config.ts'
import { HOSTILE_ADDRESSES } from '../packages/testkit/src/remote/addresses.ts'
import { conformanceTable, provedIn } from './docs/conformance.ts'
import { addressTable, wayTable } from './docs/egress.ts'
import { kitPages } from './docs/kits.ts'
import { type OptionSchema, optionTable } from './docs/options.ts'
import { WAYS } from './egress/ways.ts'
import { readWorkspace } from './layers/workspace.ts'

const root = dirname(import.meta.dirname)

interface Page {
  readonly file: string
  readonly table: string
  /** What the table is of, as its markers say. Default: `options`. */
  readonly of?: string
}

const connectors = readWorkspace(root).filter(({ layer }) => layer === 'connector')

const connectorPages = (): Promise<readonly Page[]> =>
  Promise.all(
    connectors.map(async ({ folder }) => {
      const { default: type } = (await import(join(root, folder, 'src/index.ts'))) as { default: ServiceType }
      const schema = type.config['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as OptionSchema
      return { file: join(root, 'docs/connectors', `${basename(folder)}.md`), table: optionTable(schema) }
    }),
  )

/** @throws where there is no page for it, or no place on the page */
const insert = ({ file, table, of = 'options' }: Page): { readonly before: string; readonly after: string } => {
  const [BEGIN, END] = [`<!-- ${of}: written by \`pnpm docs\` -->`, `<!-- /${of} -->`]
  if (!existsSync(file))
    throw new Error(`${relative(root, file)} is missing: write the page, with ${BEGIN} and ${END}.`)
  const before = readFileSync(file, 'utf8')
  const begin = before.indexOf(BEGIN)
  const end = before.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`${relative(root, file)} lacks the markers ${BEGIN} and ${END}.`)
  return { before, after: `${before.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${before.slice(end)}` }
}

const checking = process.argv.includes('--check')
const configuration = {
  file: join(root, 'docs/reference/configuration.md'),
  table: optionTable(inputSchema() as OptionSchema),
}
const system = {
  file: join(root, 'docs/reference/system.md'),
  table: optionTable(systemSchema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as OptionSchema),
}
const hub: Page = {
  file: join(root, 'docs/connectors/README.md'),
  of: 'conformance',
  table: conformanceTable(connectors.map(({ folder }) => provedIn(join(root, folder)))),
}
const egressPage = join(root, 'docs/reference/egress.md')
const egress: readonly Page[] = [
  { file: egressPage, of: 'ways', table: wayTable(Object.values(WAYS)) },
  { file: egressPage, of: 'addresses', table: addressTable(HOSTILE_ADDRESSES) },
]
let outdated = 0
for (const page of [configuration, system, hub, ...egress, ...kitPages(root), ...(await connectorPages())]) {
  const { before, after } = insert(page)
  if (before === after) continue
  outdated += 1
  if (checking) console.error(`${relative(root, page.file)} is out of date: run \`pnpm docs\`.`)
  else writeFileSync(page.file, after)
}
console.log(checking ? `Generated docs: ${outdated} out of date.` : `Generated docs: ${outdated} written.`)
process.exitCode = checking && outdated > 0 ? 1 : 0
