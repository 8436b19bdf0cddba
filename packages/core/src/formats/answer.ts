/**
 * What is sent. Most answers are texts at hand, a string or UTF-8: a status, plain headers and a body, which the server
 * writes as they are. Streams, and what handlers answer by themselves, are web responses.
 */

export type Text = string | Uint8Array

export class TextAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Record<string, string>
  /** `undefined`: there is no body, as to HEAD. */
  readonly text: Text | undefined

  constructor(status: number, headers: Record<string, string>, text: Text | undefined) {
    this.status = status
    this.headers = headers
    this.text = text
  }
}

export type Answer = TextAnswer | Response

/** An answer for whoever speaks of web responses only. */
export const toResponse = (answer: Answer): Response => {
  if (!(answer instanceof TextAnswer)) return answer
  const { status, headers, text } = answer
  return new Response((text as string | Uint8Array<ArrayBuffer> | undefined) ?? null, { status, headers })
}

/** Header names in lower case, so that none is sent twice. */
export const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const name of Object.keys(headers)) result[name.toLowerCase()] = headers[name] as string
  return result
}
