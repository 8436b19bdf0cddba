/** `gw export [file]`: the whole configuration as one document. */
import { open } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PackageCommand } from '@gw/core/governance'
import { stringify } from 'yaml'
import { type DocumentRecord, writtenDocument } from '../transfer/document.ts'
import { exportConfiguration } from '../transfer/export.ts'
import { openTransfer } from '../transfer/open.ts'

const USAGE =
  'Usage: gw export [file] [--format json|yaml] [--with-passwords]\nWithout a file, the document is printed. --with-passwords adds the hashes of passwords.'
const PATIENCE = 600_000

const YAML: ReadonlySet<string> = new Set(['.yaml', '.yml'])

const formatOf = (file: string | undefined, format: string | undefined): string =>
  format ?? (file !== undefined && YAML.has(extname(file).toLowerCase()) ? 'yaml' : 'json')

const textOf = (document: DocumentRecord, format: string): string =>
  format === 'yaml' ? stringify(document, { lineWidth: 0 }) : `${JSON.stringify(document, null, 2)}\n`

/** Its owner's alone: it says who may do what, and may hold hashes. */
const write = async (path: string, text: string) => {
  const handle = await open(path, 'w', 0o600)
  await handle.writeFile(text).finally(() => handle.close())
}

const command: PackageCommand = {
  description: 'write the whole configuration to a document',
  async run(args, { cwd, print, note, governance }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: { type: 'string' }, 'with-passwords': { type: 'boolean', default: false } },
    })
    const [file] = positionals
    const format = formatOf(file, values.format)
    if (positionals.length > 1 || (format !== 'json' && format !== 'yaml')) {
      note(USAGE)
      return 1
    }
    const opened = await openTransfer(await governance(), 'gw export')
    try {
      const signal = AbortSignal.timeout(PATIENCE)
      const document = await exportConfiguration(opened, { withPasswords: values['with-passwords'], signal })
      const text = textOf(writtenDocument(document), format)
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
