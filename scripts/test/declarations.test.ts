import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { declarationsIn, fileOf, reference } from '../docs/declarations.ts'

const folder = mkdtempSync(join(tmpdir(), 'gw-declarations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const written = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const seam = written(
  'seam.ts',
  '/** Head. */\nimport x from "x"\n\n/** Keeps. */\nexport interface A {}\nconst own = 1\nexport type B = typeof own\n',
)

test('declarations come in the order asked for, each with its own comment', () => {
  expect(declarationsIn(seam, ['B', 'A'])).toBe(
    '```ts\nexport type B = typeof own\n\n/** Keeps. */\nexport interface A {}\n```',
  )
})

test('a declaration that is gone is an error, and no empty place on a page', () => {
  expect(() => declarationsIn(seam, ['own'])).toThrow(/seam\.ts exports no own/)
})

test('a file is shown without the comment at its head', () => {
  expect(fileOf(seam).startsWith('```ts\nimport x from "x"')).toBe(true)
})

const KEPT =
  '/** One. */\nexport declare interface One {\n}\n\ndeclare type Inner = 1;\n\nexport declare const two: Inner;\n'

test('a reference has every public declaration: by chapters, and the rest at its end', () => {
  const kept = written('kept.d.ts', KEPT)
  const chapters = [{ title: 'Firsts', names: ['One'] }]
  expect(reference(kept, chapters, 'Beside them')).toBe(
    '## Firsts\n\n```ts\n/** One. */\ninterface One {\n}\n```\n\n## Beside them\n\n```ts\nconst two: Inner;\n```',
  )
  expect(() => reference(kept, [{ title: 'None', names: ['Gone'] }], 'Rest')).toThrow(/has no Gone/)
})
