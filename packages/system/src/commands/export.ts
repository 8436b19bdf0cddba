/** `gw export [file]`: the whole configuration as one document. */
import { open } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PackageCommand } from '@gw/core/governance'
import type { Choice } from '../transfer/choice.ts'
import { documentText, writtenDocument } from '../transfer/document.ts'
import { exportConfiguration } from '../transfer/export.ts'
import { openTransfer } from '../transfer/open.ts'
import { SECTIONS } from '../transfer/sections.ts'

const USAGE =
  'Usage: gw export [file] [--format json|yaml] [--only section[=name,…]]… [--with-passwords]\nWithout a file, the document is printed. --only roles --only services=shop takes all roles and one service.\n--with-passwords adds the hashes of passwords.'
const PATIENCE = 600_000

const YAML: ReadonlySet<string> = new Set(['.yaml', '.yml'])

const formatOf = (file: string | undefined, format: string | undefined): string =>
  format ?? (file !== undefined && YAML.has(extname(file).toLowerCase()) ? 'yaml' : 'json')

/** @returns `undefined` where there is no such section */
const choiceIn = (only: readonly string[]): Choice | undefined => {
  const parts = only.map((one) => {
    const [section = '', ...names] = one.split('=')
    return [section, names.length === 0 ? '*' : names.join('=').split(',')] as const
  })
  return parts.every(([section]) => SECTIONS.some(({ name }) => name === section))
    ? Object.fromEntries(parts)
    : undefined
}

/** Its owner's alone: it says who may do what, and may hold hashes. */
const write = async (path: string, text: string) => {
  const handle = await open(path, 'w', 0o600)
  await handle.writeFile(text).finally(() => handle.close())
}

const command: PackageCommand = {
  description: 'write the whole configuration to a document',
  usage: USAGE,
  async run(args, { cwd, print, note, governance }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        only: { type: 'string', multiple: true },
        'with-passwords': { type: 'boolean', default: false },
      },
    })
    const [file] = positionals
    const format = formatOf(file, values.format)
    const choice = values.only && choiceIn(values.only)
    if (positionals.length > 1 || (format !== 'json' && format !== 'yaml') || (values.only && !choice)) {
      note(`${USAGE}\nSections: ${SECTIONS.map(({ name }) => name).join(', ')}`)
      return 1
    }
    const opened = await openTransfer(await governance(), 'gw export')
    try {
      const signal = AbortSignal.timeout(PATIENCE)
      const document = await exportConfiguration(opened, {
        withPasswords: values['with-passwords'],
        choice,
        signal,
      })
      const text = documentText(writtenDocument(document), format)
      if (file === undefined) print(text.trimEnd())
      else {
        await write(resolve(cwd, file), text)
        const counts = Object.entries(document.sections).map(([name, { length }]) => `${length} ${name}`)
        print(`Wrote ${file}: ${counts.join(', ')}.`)
      }
      const { references } = document
      if (references.length > 0)
        note(`To read it in, these variables are needed:\n${references.map((name) => `  ${name}`).join('\n')}`)
      return 0
    } finally {
      await opened.close()
    }
  },
}

export default command
