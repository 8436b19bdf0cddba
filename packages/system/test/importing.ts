/** Files sent to `system/import`, and a gateway with a database to make tables in. */
import { AS_ADMIN, newFolder, type Opened, opened, shopIn } from './opened.ts'
import { STORES, type StoreKind } from './stores.ts'

interface Sent {
  readonly name?: string
  readonly type?: string
  readonly fields?: Readonly<Record<string, string>>
  readonly fieldsLast?: Readonly<Record<string, string>>
  readonly query?: string
  readonly headers?: Record<string, string>
}

export const send = async (
  { gateway }: Pick<Opened, 'gateway'>,
  content: string | Uint8Array<ArrayBuffer>,
  { name = 'orders.csv', type = '', fields = {}, fieldsLast = {}, query = '', headers = AS_ADMIN }: Sent = {},
) => {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields)) form.append(key, value)
  form.append('file', new File([content], name, { type }))
  for (const [key, value] of Object.entries(fieldsLast)) form.append(key, value)
  // In pieces, as over a network; undici's own stream of a form can not be left in the middle.
  const encoded = new Response(form)
  const bytes = Buffer.from(await encoded.arrayBuffer())
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536)
  }
  const sent = new Request(`http://gateway.test/api/v2/system/import${query}`, {
    method: 'POST',
    body: ReadableStream.from(pieces()),
    headers: { ...headers, 'content-type': encoded.headers.get('content-type')! },
    duplex: 'half',
  } as RequestInit)
  const response = await gateway.fetch(sent)
  return { status: response.status, body: (await response.json()) as any }
}

export const messageOf = ({ body }: { body: any }): string => body.error.message

/** A gateway with a database as the service `db`. */
export const withDatabase = async (kind: StoreKind = STORES[0]!, config: object = {}) => {
  const folder = newFolder()
  const { system, drop } = await kind.create()
  const { type = 'sqlite', ...store } = ((system as any).store ?? { database: shopIn(folder) }) as any
  const gw = await opened({
    folder,
    config: { services: { db: { type, config: { ...store, allow_upsert: false } } }, ...config },
  })
  return {
    ...gw,
    async [Symbol.asyncDispose]() {
      await gw[Symbol.asyncDispose]()
      await drop()
    },
  }
}

export const fieldTypes = async ({ ask }: Opened, table: string) =>
  Object.fromEntries(
    (await ask('GET', `db/_schema/${table}`)).body.field.map((field: any) => [
      field.name,
      `${field.type}${field.allow_null ? '?' : ''}${field.is_primary_key ? ' key' : ''}`,
    ]),
  )
