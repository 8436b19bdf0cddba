/** Whether the head of an answer can be sent: what connectors and scripts say of it goes to a socket as it is. */

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
/** What a header's value may not hold; line breaks would begin a header, or an answer, of their own. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** Why a header can not be sent, or `undefined`. */
export const headerFault = (name: string, value: unknown): string | undefined => {
  if (!NAME.test(name)) return 'the name of one of its headers is none.'
  if (typeof value !== 'string') return `its header "${name}" is no text.`
  return FORBIDDEN.test(value) ? `its header "${name}" holds characters that no header may hold.` : undefined
}

const isFinal = (status: unknown): boolean =>
  typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599

/** Why an answer can not be sent, or `undefined`. */
export const unsendable = (answer: {
  readonly status: unknown
  readonly headers: Readonly<Record<string, unknown>>
}): string | undefined => {
  if (!isFinal(answer.status)) return 'its status is none of an answer.'
  for (const name in answer.headers) {
    const fault = headerFault(name, answer.headers[name])
    if (fault !== undefined) return fault
  }
  return undefined
}

/** The same of a response that a handler made by itself, whose headers are checked as they are set. */
export const unsendableResponse = (response: Response): string | undefined => {
  if (!isFinal(response.status)) return 'its status is none of an answer.'
  // Of any installed `fetch`.
  const { body, headers } = response
  if (typeof headers?.get !== 'function' || typeof headers.set !== 'function') return 'its headers are none.'
  if (body && (typeof body.getReader !== 'function' || response.bodyUsed || body.locked))
    return 'its body has been read already.'
  return undefined
}
