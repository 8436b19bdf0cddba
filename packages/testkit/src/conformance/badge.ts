/** `gw-conformance.svg`: the result as a picture of our own, for a README. */
import type { ConformanceReport } from './report.ts'

/** Width of a character of 11 px Verdana, in px: about right, and `textLength` makes it fit. */
const CHARACTER = 6.6
const PADDING = 6
const GREEN = '#2a7a3b'
const RED = '#b3261e'

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)

/** "12 of 12 suites' checks pass" would not fit: how many checks passed of those that ran. */
export const badgeText = ({ conforms, suites, testkit }: ConformanceReport): string => {
  const passed = suites.reduce((sum, suite) => sum + suite.passed, 0)
  const failed = suites.reduce((sum, suite) => sum + suite.failed.length, 0)
  if (passed + failed === 0) return 'not proved'
  return conforms ? `${passed} checks, testkit ${testkit}` : `${failed} of ${passed + failed} checks fail`
}

export const badgeOf = (report: ConformanceReport): string => {
  const [label, value] = ['gw conformance', badgeText(report)]
  const widths = [label, value].map((text) => Math.round(text.length * CHARACTER) + 2 * PADDING)
  const [left = 0, right = 0] = widths
  const text = (at: number, width: number, words: string) =>
    `<text x="${at + PADDING}" y="14" textLength="${width - 2 * PADDING}">${escaped(words)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escaped(`${label}: ${value}`)}">
<title>${escaped(`${label}: ${value}`)}</title>
<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${report.conforms ? GREEN : RED}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(0, left, label)}${text(left, right, value)}</g>
</svg>
`
}
