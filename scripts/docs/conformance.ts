/** The table of connectors in Markdown, from the reports that `gw conformance` wrote. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** What is read of a package and of its report; see `ConformanceReport` of the testkit. */
export interface Proved {
  /** The connector's folder, which is also the name of its page. */
  readonly folder: string
  readonly package: string
  readonly types: readonly string[]
  readonly report: Report | undefined
}

export interface Report {
  readonly package: { readonly version: string }
  readonly testkit: string
  readonly date: string
  readonly conforms: boolean
  readonly problems: readonly string[]
  readonly capabilities: Readonly<
    Record<'proved' | 'failed' | 'refused' | 'accepted' | 'unexamined', readonly string[]>
  >
  readonly suites: readonly {
    readonly family: string
    readonly passed: number
    readonly failed: readonly unknown[]
    readonly skipped: readonly unknown[]
  }[]
}

/** @param directory absolute folder of a connector package */
export const provedIn = (directory: string): Proved => {
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'))
  const { name, gw } = read('package.json')
  return {
    folder: basename(directory),
    package: name,
    types: Object.keys(gw.serviceTypes),
    report: existsSync(join(directory, 'gw-conformance.json')) ? read('gw-conformance.json') : undefined,
  }
}

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ')

const suitesOf = ({ suites }: Report): string =>
  suites
    .map(({ family, passed, failed, skipped }) => {
      const rest = [
        failed.length > 0 && `**${failed.length} failed**`,
        skipped.length > 0 && `${skipped.length} skipped`,
      ]
      return `${family} ${[passed, ...rest.filter(Boolean)].join(', ')}`
    })
    .join('; ')

const rowOf = ({ folder, package: name, types, report }: Proved): string => {
  const page = `[${name}](${folder}.md)`
  if (!report) return `| ${page} | ${codes(types)} | no report: its suites are a part of the tests here | | |`
  const { capabilities, testkit, date, conforms } = report
  const badge = `![what passed](../../packages/connectors/${folder}/gw-conformance.svg)`
  const result = conforms ? suitesOf(report) : `**does not conform**: ${suitesOf(report) || report.problems.join(' ')}`
  return `| ${page} | ${codes(types)} | ${badge}<br>${result} | ${codes(capabilities.proved)} | ${date.slice(0, 10)}, testkit ${testkit} |`
}

/** One row a connector, by its folder's name. */
export const conformanceTable = (all: readonly Proved[]): string =>
  [
    '| Package | Service types | Checks that passed | Claimed and proved | When |',
    '|---|---|---|---|---|',
    ...all.toSorted((a, b) => a.folder.localeCompare(b.folder)).map(rowOf),
  ].join('\n')
