/** `gw import <file>`: a configuration document, or what a DreamFactory instance has exported. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PackageCommand } from '@gw/core/governance'
import { readGiven } from '../dreamfactory/given.ts'
import { GATEWAY } from '../rules/rights.ts'
import { importConfiguration } from '../transfer/import.ts'
import { openTransfer } from '../transfer/open.ts'
import { reportLines } from '../transfer/report.ts'
import { resolveReferences } from '../transfer/resolve.ts'

const USAGE = `Usage: gw import <file or folder> [--overwrite] [--dry-run] [--continue] [--json]
The file is a document by gw export (JSON or YAML), a DreamFactory package (.zip, .dfpkg), or the rows of DreamFactory's
tables (JSON, or a folder of JSON files, one for each table).`
const PATIENCE = 600_000

const command: PackageCommand = {
  description: 'read a configuration into the store',
  usage: USAGE,
  async run(args, { cwd, print, note, governance }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        overwrite: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        continue: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const [file] = positionals
    if (file === undefined || positionals.length > 1) {
      note(USAGE)
      return 1
    }
    const context = await governance()
    const opened = await openTransfer(context, 'gw import')
    try {
      const given = await readGiven(resolve(cwd, file), opened)
      // What another gateway exported holds its secrets as they are; a text that looks like a reference is itself.
      const sections = given.foreign ? given.sections : await resolveReferences(given.sections, context.configured)
      const outcome = await importConfiguration(sections, opened, {
        overwrite: values.overwrite,
        dryRun: values['dry-run'],
        lenient: values.continue || given.foreign,
        hashes: true,
        // Whoever has the store and its key may do everything with it.
        caller: GATEWAY,
        signal: AbortSignal.timeout(PATIENCE),
      })
      const told = { ...outcome, notes: [...given.notes, ...outcome.notes] }
      for (const line of values.json ? [JSON.stringify(told, null, 2)] : reportLines(told)) print(line)
      if (!outcome.success) note('Nothing was imported: mend what is left out, or leave it out with --continue.')
      else if (outcome.dry_run) note('This was a dry run: nothing is stored.')
      return outcome.success ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}

export default command
