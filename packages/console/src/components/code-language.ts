/** Which colours a text is shown in, by what is said of it. */
import type { CodeLanguage } from './code-editor.tsx'

const LANGUAGES: readonly (readonly [RegExp, CodeLanguage])[] = [
  [/javascript|typescript/i, 'javascript'],
  [/python/i, 'python'],
  [/php/i, 'php'],
  [/json/i, 'json'],
  [/html/i, 'html'],
]

/** @param about a media type, or a description that names the language */
export const codeLanguageIn = (about: string): CodeLanguage =>
  LANGUAGES.find(([pattern]) => pattern.test(about))?.[1] ?? 'text'
