#!/usr/bin/env node
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cancel, confirm, intro, isCancel, multiselect, text } from '@clack/prompts'
import validate from 'validate-npm-package-name'
import { install, installCommand } from './install.ts'
import { packagesOf, writeProject } from './project.ts'
import { STARTERS } from './starters.ts'

const USAGE = `npm create gw@latest [folder] -- [options]

  folder                where it is written; by default my-gateway
  --connectors <names>  with commas: ${Object.keys(STARTERS).join(', ')}, or any package
  --no-install          write the files, and install nothing
  --yes                 ask nothing: no connectors, where nothing else is said
`

interface Wanted {
  readonly folder: string
  readonly connectors: readonly string[]
  readonly installs: boolean
}

const ask = async (): Promise<Wanted | undefined> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      connectors: { type: 'string' },
      'no-install': { type: 'boolean', default: false },
      yes: { type: 'boolean', short: 'y', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return undefined
  }
  const mayAsk = !values.yes && process.stdin.isTTY === true
  if (mayAsk) intro('A gateway with gw')
  const folder = positionals[0] ?? (mayAsk ? await askFolder() : 'my-gateway')
  const listed = values.connectors?.split(',').map((name) => name.trim())
  const connectors = (listed ?? (mayAsk ? await askConnectors() : [])).filter((name) => name !== '')
  for (const name of connectors) checkName(name)
  const installs = !values['no-install'] && (!mayAsk || (await askInstall()))
  return { folder: resolve(folder), connectors, installs }
}

/** Nothing but a package's name reaches the package manager: no option, no address, no folder. */
const checkName = (name: string): void => {
  if (Object.hasOwn(STARTERS, name) || validate(name).validForNewPackages) return
  throw new Error(`"${name}" is neither a connector of gw nor the name of a package`)
}

const answered = <T>(answer: T): Exclude<T, symbol> => {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  cancel('Nothing was written.')
  process.exit(1)
}
const askFolder = async () =>
  answered(await text({ message: 'Where?', placeholder: 'my-gateway', defaultValue: 'my-gateway' }))
const askConnectors = async () => {
  const options = Object.entries(STARTERS).map(([value, { hint }]) => ({ value, label: value, hint }))
  return answered(await multiselect({ message: 'What does it connect to?', options, required: false }))
}
const askInstall = async () => answered(await confirm({ message: 'Install the packages now?' }))

try {
  const wanted = await ask()
  if (wanted !== undefined) {
    const packages = packagesOf(wanted.connectors)
    writeProject(wanted)
    const there = relative(process.cwd(), wanted.folder) || '.'
    console.log(`Wrote a gateway to ${there}, with a fresh API key in its .env.`)
    if (wanted.installs) await install(wanted.folder, packages)
    const steps = [`cd ${there}`, ...(wanted.installs ? [] : [installCommand(packages)]), 'npx gw start']
    console.log(`\nNext:\n${steps.map((step) => `  ${step}`).join('\n')}`)
  }
} catch (error) {
  console.error(`create-gw: ${(error as Error).message}`)
  process.exitCode = 1
}
