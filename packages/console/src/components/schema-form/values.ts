/** Values as they are while they are typed. */

export const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** What was typed where JSON is wanted, as long as it is none. */
export class BrokenJson {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What is no number stays a text, so that it can be told and mended. */
export const numberIn = (text: string): unknown => {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const value = Number(trimmed)
  return Number.isNaN(value) || /[.eE+-]$/.test(trimmed) ? text : value
}
