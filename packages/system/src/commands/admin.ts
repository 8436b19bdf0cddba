/** `gw admin create --email …`: the first administrator. */
import { parseArgs } from 'node:util'
import type { PackageCommand } from '@gw/core/governance'
import { createAdmin } from '../identity/first-admin.ts'
import { askSecret } from './ask-secret.ts'

const USAGE =
  'Usage: gw admin create --email <address> [--name <name>]\nThe password is asked for, or taken from GW_ADMIN_PASSWORD.'

const command: PackageCommand = {
  description: 'create an administrator',
  usage: USAGE,
  async run(args, { env, print, note, governance }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { email: { type: 'string' }, name: { type: 'string' } },
    })
    const { email, name = email } = values
    if (positionals[0] !== 'create' || positionals.length > 1 || email === undefined || name === undefined) {
      note(USAGE)
      return 1
    }
    const password = env.GW_ADMIN_PASSWORD || (await askSecret('Password: '))
    await createAdmin(await governance(), { name, email, password })
    print(`Created the administrator ${email}.`)
    return 0
  },
}

export default command
