/** A call as code for others: with placeholders where a key or a token goes, never with one. */
import type { CallAs, TrialCall } from '../../api/trial.ts'

export type Language = 'curl' | 'fetch' | 'python'

interface Written extends Omit<TrialCall, 'body' | 'address'> {
  /** With its origin. */
  readonly url: string
  readonly body?: string | undefined
}

const KEY = 'GW_API_KEY'
const TOKEN = 'GW_SESSION_TOKEN'

/** Headers whose values come from the environment of whoever runs the code. */
const secretsOf = (as: CallAs): Readonly<Record<string, string>> =>
  as.kind === 'app' ? { 'X-DreamFactory-API-Key': KEY } : { 'X-DreamFactory-Session-Token': TOKEN }
const plainOf = ({ headers }: Written, as: CallAs): Readonly<Record<string, string>> => ({
  ...(as.kind === 'role' && { 'X-GW-Act-As-Role': as.id }),
  ...headers,
})

const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const curl = (call: Written, as: CallAs): string =>
  [
    `curl${call.method === 'GET' ? '' : ` -X ${call.method}`} ${shell(call.url)}`,
    ...Object.entries(secretsOf(as)).map(([name, variable]) => `-H "${name}: $${variable}"`),
    ...Object.entries(plainOf(call, as)).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...(call.body === undefined ? [] : [`--data-binary ${shell(call.body)}`]),
  ].join(' \\\n  ')

const parsedOrNothing = (text: string | undefined): { readonly value: unknown } | undefined => {
  try {
    return text === undefined ? undefined : { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}
const isJson = ({ headers }: Written): boolean => headers['content-type'] === 'application/json'
const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`)

const javascript = (call: Written, as: CallAs): string => {
  const json = isJson(call) ? parsedOrNothing(call.body) : undefined
  const body = json
    ? `JSON.stringify(${indented(JSON.stringify(json.value, null, 2), '  ')})`
    : JSON.stringify(call.body)
  return [
    `const response = await fetch(${JSON.stringify(call.url)}, {`,
    `  method: ${JSON.stringify(call.method)},`,
    '  headers: {',
    ...Object.entries(secretsOf(as)).map(([name, variable]) => `    ${JSON.stringify(name)}: ${variable},`),
    ...Object.entries(plainOf(call, as)).map(
      ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},`,
    ),
    '  },',
    ...(call.body === undefined ? [] : [`  body: ${body},`]),
    '})',
    'console.log(response.status, await response.text())',
  ].join('\n')
}

/** JSON as Python writes it. */
const pythonOf = (value: unknown, indent = ''): string => {
  const inner = `${indent}    `
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  const isList = Array.isArray(value)
  const lines = isList
    ? value.map((one) => `${inner}${pythonOf(one, inner)},`)
    : Object.entries(value).map(([name, one]) => `${inner}${JSON.stringify(name)}: ${pythonOf(one, inner)},`)
  const [opening, closing] = isList ? '[]' : '{}'
  return lines.length === 0 ? `${opening}${closing}` : [opening, ...lines, `${indent}${closing}`].join('\n')
}

const python = (call: Written, as: CallAs): string => {
  const json = isJson(call) ? parsedOrNothing(call.body) : undefined
  const body = json ? `json=${pythonOf(json.value, '    ')}` : `data=${JSON.stringify(call.body)}.encode()`
  return [
    'import os',
    '',
    'import requests',
    '',
    'response = requests.request(',
    `    ${JSON.stringify(call.method)},`,
    `    ${JSON.stringify(call.url)},`,
    '    headers={',
    ...Object.entries(secretsOf(as)).map(([name, variable]) => `        "${name}": os.environ["${variable}"],`),
    ...Object.entries(plainOf(call, as)).map(
      ([name, value]) => `        ${JSON.stringify(name)}: ${JSON.stringify(value)},`,
    ),
    '    },',
    ...(call.body === undefined ? [] : [`    ${body},`]),
    ')',
    'print(response.status_code, response.text)',
  ].join('\n')
}

const WRITERS = { curl, fetch: javascript, python } as const

/** @param origin of the gateway: `https://gw.example.com` */
export const snippet = (language: Language, origin: string, call: TrialCall, as: CallAs): string => {
  const { method, address, headers, body } = call
  const written = typeof body === 'string' ? body : undefined
  return WRITERS[language]({ method, headers, url: `${origin}${address}`, body: written }, as)
}
