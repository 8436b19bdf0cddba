/** `gw keys rotate`: after it, only the first key is needed. */
import { parseArgs } from 'node:util'
import type { PackageCommand } from '@gw/core/governance'
import { rotateKeys } from '../secrets/rotation.ts'
import { openTransfer } from '../transfer/open.ts'

const USAGE =
  'Usage: gw keys rotate [--dry-run]\nEncrypts everything in the store with the first of its keys. Put the new key first, on every node, before.'
const PATIENCE = 3_600_000

const command: PackageCommand = {
  description: 'encrypt the secrets in the store with a new key',
  usage: USAGE,
  async run(args, { print, note, governance }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false } },
    })
    if (positionals[0] !== 'rotate' || positionals.length > 1) {
      note(USAGE)
      return 1
    }
    const dryRun = values['dry-run']
    const opened = await openTransfer(await governance(), 'gw keys rotate')
    try {
      const done = await rotateKeys(opened.store, opened.keys, { dryRun, signal: AbortSignal.timeout(PATIENCE) })
      for (const { table, old, all } of done)
        print(`${table}: ${old} of ${all} encrypted values ${dryRun ? 'have an older key' : 'encrypted anew'}`)
      const left = done.reduce((sum, one) => sum + one.left, 0)
      if (left === 0) print('Older keys are not needed any more. Remove them from every node.')
      else print(`${left} values still need an older key. ${dryRun ? 'This was a dry run.' : 'Run this again.'}`)
      return dryRun || left === 0 ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}

export default command
