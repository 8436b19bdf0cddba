import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { conformanceTable, type Proved, provedIn, type Report } from '../docs/conformance.ts'

const report = (more: Partial<Report> = {}): Report => ({
  package: { version: '1.2.3' },
  testkit: '0.1.0',
  date: '2026-11-28T09:00:00.000Z',
  conforms: true,
  problems: [],
  capabilities: { proved: ['rowFilters', 'sql'], failed: [], refused: [], accepted: [], unexamined: [] },
  suites: [
    { family: 'service', passed: 27, failed: [], skipped: [] },
    { family: 'records', passed: 230, failed: [], skipped: [{}, {}] },
  ],
  ...more,
})
const proved = (folder: string, own: Report | undefined): Proved => ({
  folder,
  package: `@gw/${folder}`,
  types: [folder],
  report: own,
})

test('a connector with a report is a row of what passed, what was skipped, and when', () => {
  expect(conformanceTable([proved('sqlite', report())])).toContain(
    '| [@gw/sqlite](sqlite.md) | `sqlite` | ![what passed](../../packages/connectors/sqlite/gw-conformance.svg)<br>service 27; records 230, 2 skipped | `rowFilters` `sql` | 2026-11-28, testkit 0.1.0 |',
  )
})

test('a connector that failed says so, and one without a report has no numbers', () => {
  const suites = [{ family: 'service', passed: 3, failed: [{}], skipped: [] }]
  const rows = conformanceTable([
    proved('b', report({ conforms: false, suites })),
    proved('a', undefined),
    proved('c', report({ conforms: false, suites: [], problems: ['There is no server.'] })),
  ]).split('\n')
  expect(rows[2]).toMatch(/^\| \[@gw\/a\].+no report/)
  expect(rows[3]).toContain('**does not conform**: service 3, **1 failed**')
  expect(rows[4]).toContain('**does not conform**: There is no server.')
})

const folder = mkdtempSync(join(tmpdir(), 'gw-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a package is read with its report, where it has one', () => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'gw-x', gw: { serviceTypes: { x: '.' } } }))
  expect(provedIn(folder)).toEqual({ folder: basename(folder), package: 'gw-x', types: ['x'], report: undefined })
  writeFileSync(join(folder, 'gw-conformance.json'), JSON.stringify(report()))
  expect(provedIn(folder).report).toEqual(report())
})
