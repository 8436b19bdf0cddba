/** Rules that hold for every source of the console. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { APP } from './built.ts'

const ROOT = join(import.meta.dirname, '..')
const sources = globSync('src/**/*.{ts,tsx}', { cwd: ROOT })
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** The types that the repository's own packages bring, from their manifests. */
const typeNames = globSync('../{connectors,system}/**/package.json', {
  cwd: ROOT,
  exclude: (path) => path.includes('node_modules'),
})
  .map(
    (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { gw?: { serviceTypes?: Record<string, string> } },
  )
  .flatMap(({ gw }) => Object.keys(gw?.serviceTypes ?? {}))

describe('the sources', () => {
  test('name no service type: what is installed is asked of the gateway', () => {
    expect(typeNames.length).toBeGreaterThan(10)
    // Names of languages are words of the editor, too.
    const wanted = typeNames.filter((name) => !['python', 'php'].includes(name))
    const pattern = new RegExp(`['"\`](${wanted.join('|')})['"\`]`)
    const guilty = sources.filter((file) => pattern.test(read(file)))
    expect(guilty).toEqual([])
  })

  test('keep nothing in the browser but the theme', () => {
    const storing = sources.filter((file) => /localStorage|sessionStorage|indexedDB|document\.cookie/.test(read(file)))
    expect(storing).toEqual(['src/components/theme.ts'])
  })

  test('say their words in src/text: no sentence stands in a screen', () => {
    const sentence = />\s*[A-Z][a-z]+ [a-z]+[^<{]*</
    expect(sources.filter((file) => file.startsWith('src/screens') && sentence.test(read(file)))).toEqual([])
  })
})

describe('what is built', () => {
  const page = readFileSync(join(APP, 'index.html'), 'utf8')
  const first = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+\.js)"/g)].map(([, file = '']) => file)

  test('needs at most 300 kB of compressed script for its first page', () => {
    const bytes = first.map((file) => gzipSync(readFileSync(join(APP, file))).byteLength)
    expect(first.length).toBeGreaterThan(0)
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(300_000)
  })

  test('loads nothing from elsewhere, and has no script in the page', () => {
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(page).not.toMatch(/<script(?![^>]*src=)/)
    expect(page).not.toMatch(/ on\w+=/)
    const styles = globSync('assets/*.css', { cwd: APP }).map((file) => readFileSync(join(APP, file), 'utf8'))
    expect(styles.join('')).not.toMatch(/url\(["']?https?:/)
  })
})
