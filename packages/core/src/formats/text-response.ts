/**
 * Responses whose body is still at hand, as a string or as UTF-8. A web `Response` gives its body back as a stream
 * only; compression wants the whole text, and so finds it on the response itself.
 */

export type Text = string | Uint8Array

const TEXT = Symbol('gw.response.text')

/**
 * A response with a text body; without one (`head`), only its headers. The headers stay a plain object: the server
 * writes those straight to the socket, without building `Headers` or a stream.
 */
export const textResponse = (
  text: Text,
  status: number,
  headers: Record<string, string>,
  head: boolean | undefined,
): Response => {
  if (head) return new Response(null, { status, headers })
  const response = new Response(text as Uint8Array<ArrayBuffer>, { status, headers })
  ;(response as { [TEXT]?: Text })[TEXT] = text
  return response
}

/** The text that a response was made from; `undefined` where its body is a stream, or where there is none. */
export const textOf = (response: Response): Text | undefined => (response as { [TEXT]?: Text })[TEXT]

/** Header names in lower case, so that none is sent twice. */
export const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const name of Object.keys(headers)) result[name.toLowerCase()] = headers[name] as string
  return result
}
