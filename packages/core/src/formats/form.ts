/** HTML forms: URL-encoded and multipart. */
import { badBody, checkName } from './guard.ts'
import { parseQuery } from './query.ts'

/** Parses a URL-encoded form; a repeated name, and a name ending in `[]`, is an array. */
export const parseForm = (text: string): Record<string, unknown> => {
  const form: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(parseQuery(text))) {
    if (name.endsWith('[]')) form[checkName(name.slice(0, -2))] = typeof value === 'string' ? [value] : value
    else form[name] = value
  }
  return form
}

/**
 * Parses a multipart form: text fields are strings, files are `File`s, a repeated name is an array.
 * @throws {GwError} `invalid_request`
 */
export const parseMultipart = async (bytes: Buffer, contentType: string): Promise<Record<string, unknown>> => {
  let data: FormData
  try {
    data = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw badBody("The request body isn't a valid multipart form. Check its boundary and line ends.")
  }
  const form: Record<string, unknown> = {}
  for (const name of new Set(data.keys())) {
    const all = data.getAll(name)
    const list = name.endsWith('[]')
    form[checkName(list ? name.slice(0, -2) : name)] = list || all.length > 1 ? all : all[0]
  }
  return form
}
