/** `gw conformance [package]`: proves a connector, in its own folder or in the project that has it. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs, styleText } from 'node:util'
import type { PackageCommand, PackageCommandContext } from '@gw/core/governance'
import { badgeOf } from './badge.ts'
import { collect } from './collect.ts'
import { type CheckResult, type ConformanceReport, reportOf } from './report.ts'

const USAGE = `Usage: gw conformance [package] [--out <folder>] [--verbose]

Runs the suites of a connector's family against the source that its gw.conformance.ts brings up. Writes
gw-conformance.json and gw-conformance.svg, here or where --out says. Exits 1 where it does not conform.`

const FILES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `gw.conformance.${ending}`)

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly gw?: { readonly contract?: string; readonly serviceTypes?: Readonly<Record<string, string>> }
}

interface Package {
  readonly folder: string
  readonly manifest: Manifest
}

const manifestIn = (folder: string): Manifest => {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    throw new Error(`There is no readable package.json in ${folder}: run this in a connector's folder, or name one.`)
  }
}

const folderOf = (name: string, cwd: string): string => {
  const path = resolve(cwd, name)
  if (existsSync(path) && statSync(path).isDirectory()) return path
  let file: string | undefined
  try {
    file = findPackageJSON(name, pathToFileURL(join(cwd, 'package.json')))
  } catch {}
  if (file === undefined) throw new Error(`${name} is not installed, and no folder either.`)
  return dirname(file)
}

/** @throws Error saying what to do, where it is no connector or does not say how it is proved */
export const connectorAt = (cwd: string, name: string | undefined): Package & { readonly file: string } => {
  // vitest knows files by their real names.
  const folder = realpathSync(name === undefined ? cwd : folderOf(name, cwd))
  const manifest = manifestIn(folder)
  if (Object.keys(manifest.gw?.serviceTypes ?? {}).length === 0)
    throw new Error(`${manifest.name ?? folder} is no connector: its package.json names no gw.serviceTypes.`)
  const found = FILES.map((file) => join(folder, file)).find((file) => existsSync(file))
  if (found === undefined)
    throw new Error(
      `${manifest.name} does not say how it is proved: write gw.conformance.ts with a default export of defineConformance({ type, open }).`,
    )
  return { folder, manifest, file: found }
}

const MARKS = { passed: ['green', '✓'], failed: ['red', '✗'], skipped: ['yellow', '–'] } as const

const mark = (state: keyof typeof MARKS): string => styleText(MARKS[state][0], MARKS[state][1])

/** A line for each suite as it begins, and one for each check that did not pass; with `verbose`, for each. */
const progress = ({ print }: PackageCommandContext, verbose: boolean) => {
  let current: string | undefined
  return (result: CheckResult): void => {
    if (result.suite !== current) print(styleText('bold', result.suite))
    current = result.suite
    if (result.state === 'passed' && !verbose) return
    if (result.state === 'skipped' && !verbose) return
    const [why = ''] = (result.reason ?? '').split('\n')
    print(`  ${mark(result.state)} ${result.name}${why && `: ${why}`}`)
  }
}

const STATES = [
  ['proved', 'passed', 'claimed and proved'],
  ['failed', 'failed', 'claimed, but not proved'],
  ['refused', 'passed', 'not claimed, and refused'],
  ['accepted', 'failed', 'not claimed, but not refused'],
  ['unexamined', 'skipped', 'claimed, and no check is about it'],
] as const

const tell = ({ print }: PackageCommandContext, report: ConformanceReport): void => {
  print()
  for (const { suite, passed, failed, skipped } of report.suites)
    print(
      `${mark(failed.length > 0 ? 'failed' : 'passed')} ${suite}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
    )
  print()
  for (const [state, like, words] of STATES)
    if (report.capabilities[state].length > 0) print(`${mark(like)} ${words}: ${report.capabilities[state].join(', ')}`)
  for (const problem of report.problems) print(`${mark('failed')} ${problem}`)
  const { name, version } = report.package
  print(
    `\n${report.conforms ? `${mark('passed')} ${name}@${version} conforms.` : `${mark('failed')} ${name}@${version} does not conform.`}`,
  )
}

const OWN = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest

const command: PackageCommand = {
  description: 'prove a connector by the suites of its family',
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help || positionals.length > 1) {
      context[values.help ? 'print' : 'note'](USAGE)
      return values.help ? 0 : 1
    }
    const { folder, manifest, file } = connectorAt(context.cwd, positionals[0])
    context.print(`${manifest.name}@${manifest.version}, by @gw/testkit ${OWN.version}\n`)
    const { subject, results, problems } = await collect({ folder, file, onResult: progress(context, values.verbose) })
    const report = reportOf({
      package: {
        name: manifest.name ?? '',
        version: manifest.version ?? '',
        contract: manifest.gw?.contract ?? '',
      },
      testkit: OWN.version ?? '',
      type: subject?.type ?? Object.keys(manifest.gw?.serviceTypes ?? {})[0] ?? '',
      claims: subject?.claims ?? {},
      problems,
      results,
    })
    tell(context, report)
    const out = resolve(context.cwd, values.out ?? '.')
    await writeFile(join(out, 'gw-conformance.json'), `${JSON.stringify(report, null, 2)}\n`)
    await writeFile(join(out, 'gw-conformance.svg'), badgeOf(report))
    return report.conforms ? 0 : 1
  },
}

export default command
