/** Lists of embedded records (`compile/embed.ts`): JSON arrays of cells' text → records, by the codecs of all cells. */
import type { Embed, Field } from '@gw/records'
import type { Codec } from '../wire.ts'
import { embeddedWrite } from './embedded-bytes.ts'
import { columnsOf, type NamedCodec, objectRows } from './rows.ts'

type Parsed = readonly (readonly unknown[])[]

/** Parsed lists → their wire form. */
const reader = (embed: Embed, codecOf: (field: Field) => Codec): ((list: Parsed) => unknown) => {
  const { fields, embeds, single } = embed
  const nested = embeds.map((one): NamedCodec => ({ name: one.name, codec: nestedCodec(one, codecOf) }))
  const rows = objectRows(columnsOf(fields, codecOf, nested))
  const flat = embeds.length > 0 ? ([cells, ...lists]: readonly unknown[]) => [...(cells as unknown[]), ...lists] : null
  return (list) => {
    const found = rows(flat ? list.map(flat) : list)
    return single ? (found[0] ?? null) : found
  }
}

const nestedCodec = (embed: Embed, codecOf: (field: Field) => Codec): Codec => {
  const read = reader(embed, codecOf)
  return { value: (list) => read(list as Parsed), json: (list) => JSON.stringify(read(list as Parsed)) }
}
const listCodec = (embed: Embed, codecOf: (field: Field) => Codec): Codec => {
  const read = reader(embed, codecOf)
  return {
    value: (cell) => read(JSON.parse(cell as string)),
    json: (cell) => JSON.stringify(read(JSON.parse(cell as string))),
  }
}

/** The columns of a statement behind its fields. */
export const embedCodecs = (
  embeds: readonly Embed[] | undefined,
  codecOf: (field: Field) => Codec,
): readonly NamedCodec[] =>
  (embeds ?? []).map((embed) => ({
    name: embed.name,
    codec: listCodec(embed, codecOf),
    write: embeddedWrite(embed, codecOf),
  }))
