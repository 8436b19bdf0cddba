#!/usr/bin/env node
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cancel, intro, isCancel, outro, select, text } from '@clack/prompts'
import { faultOfName, namesOf } from './names.ts'
import { scaffold, TEMPLATES, type Template } from './scaffold.ts'

const USAGE = `npm create gw-connector@latest [name] -- [options]

  name               of the package: gw-weather, @acme/gw-weather
  --template <name>  ${Object.keys(TEMPLATES).join(', ')}
  --folder <path>    where it is written; by default the name without its scope
  --yes              ask nothing: gw-example and http-api, where nothing else is said
`

const TEMPLATE_NAMES = Object.keys(TEMPLATES) as Template[]
const isTemplate = (name: string): name is Template => Object.hasOwn(TEMPLATES, name)

/** Asks where a person can answer; otherwise what was not said is an error. */
const ask = async (): Promise<{ name: string; template: Template; folder?: string | undefined } | undefined> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      template: { type: 'string' },
      folder: { type: 'string' },
      yes: { type: 'boolean', short: 'y', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return undefined
  }
  const mayAsk = !values.yes && process.stdin.isTTY === true
  const unsaid = (what: string) => new Error(`${what} is missing, and there is no terminal to ask at.\n\n${USAGE}`)
  const name = positionals[0] ?? (values.yes ? 'gw-example' : mayAsk ? await askName() : undefined)
  if (name === undefined) throw unsaid('The name of the package')
  const fault = faultOfName(name)
  if (fault !== undefined) throw new Error(fault)
  const template = values.template ?? (values.yes ? 'http-api' : mayAsk ? await askTemplate() : undefined)
  if (template === undefined) throw unsaid('--template')
  if (!isTemplate(template))
    throw new Error(`There is no template "${template}": take one of ${TEMPLATE_NAMES.join(', ')}`)
  return { name, template, folder: values.folder }
}

const answered = <T>(answer: T): Exclude<T, symbol> => {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  cancel('Nothing was written.')
  process.exit(1)
}
const askName = async (): Promise<string> => {
  intro('A connector for gw')
  const validate = (name: string | undefined) => faultOfName(name ?? '')
  return answered(await text({ message: 'What is the package called?', placeholder: 'gw-weather', validate }))
}
const askTemplate = async (): Promise<Template> => {
  const options = TEMPLATE_NAMES.map((value) => ({ value, label: value, hint: TEMPLATES[value] }))
  return answered(await select({ message: 'What does it connect to?', options }))
}

try {
  const asked = await ask()
  if (asked !== undefined) {
    const names = namesOf(asked.name)
    const folder = resolve(asked.folder ?? names.folder)
    const files = scaffold(folder, asked.template, names)
    const there = relative(process.cwd(), folder) || '.'
    const said = `Wrote ${names.package} to ${there}: ${files.length} files.`
    const next = `Next:\n  cd ${there}\n  npm install\n  npm test\n  npm run dev`
    if (process.stdout.isTTY) outro(`${said}\n\n${next}`)
    else console.log(`${said}\n\n${next}`)
  }
} catch (error) {
  console.error(`create-gw-connector: ${(error as Error).message}`)
  process.exitCode = 1
}
