import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chart, panelsOf } from '../report/chart.ts'
import { replaceSection } from '../report/page.ts'
import { ceilingText, databaseText, peersText } from '../report/tables.ts'
import { circumstances, measured, peers, postgres } from './samples.ts'

describe('the tables', () => {
  it('put the ratio of pairs at each level of concurrency, with its spread', () => {
    const text = databaseText(postgres)
    expect(text).toContain('| workload | bytes | 1 connection | 32 connections |')
    expect(text).toContain('| W1 point read by key | 1,234 | **0.55** (0.50–0.60) | **0.90** (0.90–0.90) |')
  })

  it('say with what and where it was measured', () => {
    expect(databaseText(postgres)).toContain(
      '`pnpm bench` on 2026-01-02: 2 × Abacus, 1 GB, Node 24.0.0, wrk, gw as npm gets it, 2 interleaved rounds of 1 s runs',
    )
  })

  it('say what the rules cost', () => {
    expect(databaseText(postgres)).toContain('access log **0.95** (0.95–0.95) of the requests/s')
  })

  it('take the middle of several starts', () => {
    expect(databaseText(postgres)).toContain('| gw | 200 | 50 | 99 |')
  })

  it('put peers beside gw, a dash where one has no words, and name those who are missing', () => {
    const text = peersText(peers)
    expect(text).toContain('| Swift 1.2.3 | anyone | **2.25** (10) | **0.50** (10) |')
    expect(text).toContain('| Mute & Co 4.5.6 | a token | **0.10** (10) | – |')
    expect(text).toContain('- Absent is missing: nobody has it.')
  })

  it('say why there are no statements', () => {
    const http = [measured('W1', { node: [300], b: [100], gw: [90] })]
    const results = { circumstances, http, clients: 10 }
    expect(ceilingText({ ...results, statements: [], statementsMissing: 'no pgbench.' })).toContain(
      'missing: no pgbench.',
    )
    const statements = [{ workload: 'W1', perSecond: [1000, 3000, 2000] }] as const
    expect(ceilingText({ ...results, statements })).toContain('| statements/s | 2,000 |')
  })
})

describe('the picture', () => {
  const panels = panelsOf({ postgres, peers })

  it('has a panel for each workload that was measured, gw first', () => {
    expect(panels.map(({ title, bars }) => [title, bars.map(({ label }) => label)])).toEqual([
      ['W1  point read by key', ['gw, PostgreSQL', 'Swift', 'Mute & Co']],
      ['W6  10 customers with their 50 orders', ['Swift']],
    ])
  })

  it('shows the medians of what was measured with 32 connections', () => {
    expect(panels[0]?.bars.map(({ ratio }) => ratio)).toEqual([0.9, 2.25, 0.1])
  })

  it('draws bars in proportion, and escapes names', () => {
    const svg = chart({ postgres, peers })
    const widths = [...svg.matchAll(/<rect class="(?:own|other)"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    )
    expect(widths[1]! / widths[0]!).toBeCloseTo(2.25 / 0.9, 1)
    expect(svg).toContain('Mute &amp; Co')
    expect(svg).not.toContain('Mute & Co')
  })

  it('is drawn where little has been measured', () => {
    expect(chart({})).toContain('</svg>')
  })
})

describe('the page', () => {
  const page = 'a\n<!-- measured: SQLite; written by `pnpm bench` -->\nold\n<!-- /measured -->\nb\n'

  it('gets a new section between its markers, and nothing else changes', () => {
    const changed = replaceSection(page, 'SQLite', 'new')
    expect(changed).toBe('a\n<!-- measured: SQLite; written by `pnpm bench` -->\n\nnew\n\n<!-- /measured -->\nb\n')
    expect(replaceSection(changed, 'SQLite', 'new')).toBe(changed)
  })

  it('of this repository has a place for everything that is measured', () => {
    const file = join(import.meta.dirname, '../../docs/performance.md')
    for (const section of ['picture', 'PostgreSQL', 'MariaDB', 'SQLite', 'peers', 'ceiling'])
      expect(replaceSection(readFileSync(file, 'utf8'), section, 'new')).toContain(
        `; written by \`pnpm bench\` -->\n\nnew`,
      )
  })

  it('refuses a section that it does not have', () => {
    expect(() => replaceSection(page, 'Oracle', 'new')).toThrow('lacks the markers')
  })
})
