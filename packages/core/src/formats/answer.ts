/**
 * What is sent. Most answers are texts at hand, a string or UTF-8: a status, plain headers and a body, which the server
 * writes as they are. Streams, and what handlers answer by themselves, are web responses.
 */

export type Text = string | Uint8Array

/** A text that is not put together before it is sent: bytes, and what stands around them. */
export class FramedBytes {
  readonly opening: string
  readonly bytes: Uint8Array
  readonly closing: string
  /** See `Encoded.owned`. */
  readonly owned: boolean

  constructor(opening: string, { bytes, owned }: FramedParts, closing: string) {
    this.opening = opening
    this.bytes = bytes
    this.owned = owned === true
    this.closing = closing
  }
  get byteLength(): number {
    return Buffer.byteLength(this.opening) + this.bytes.byteLength + Buffer.byteLength(this.closing)
  }
  /** All of it, copied. */
  joined(): Uint8Array {
    return Buffer.concat([Buffer.from(this.opening), this.bytes, Buffer.from(this.closing)])
  }
  /** Gives memory back that nobody else has: only when nobody will read it any more. */
  free(): void {
    if (this.owned) (this.bytes.buffer as ArrayBuffer).transfer(0)
  }
}
type FramedParts = { readonly bytes: Uint8Array; readonly owned?: boolean | undefined }

export class TextAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Record<string, string>
  /** `undefined`: there is no body, as to HEAD. */
  readonly body: Text | FramedBytes | undefined

  constructor(status: number, headers: Record<string, string>, body: Text | FramedBytes | undefined) {
    this.status = status
    this.headers = headers
    this.body = body
  }
  get text(): Text | undefined {
    return this.body instanceof FramedBytes ? this.body.joined() : this.body
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
