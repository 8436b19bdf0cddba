/** Lists of embedded records (`compile/embed.ts`): JSON arrays of cells' text → records, by the codecs of all cells. */
import type { Embed, Field } from '@gw/records'
import type { Codec } from '../wire.ts'
import { columnsOf, type NamedCodec, objectRows } from './rows.ts'

type Parsed = readonly (readonly unknown[])[]

/** Parsed lists → their wire form. */
const reader = (embed: Embed, codecOf: (field: Field) => Codec): ((list: Parsed) => unknown) => {
  const { fields, embeds, single } = embed
  const rows = objectRows(columnsOf(fields, codecOf, namedCodecs(embeds, codecOf, nestedCodec)))
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

const namedCodecs = (
  embeds: readonly Embed[],
  codecOf: (field: Field) => Codec,
  make: (embed: Embed, codecOf: (field: Field) => Codec) => Codec,
): readonly NamedCodec[] => embeds.map((embed) => ({ name: embed.name, codec: make(embed, codecOf) }))

/** The columns of a statement behind its fields. */
export const embedCodecs = (
  embeds: readonly Embed[] | undefined,
  codecOf: (field: Field) => Codec,
): readonly NamedCodec[] => namedCodecs(embeds ?? [], codecOf, listCodec)
