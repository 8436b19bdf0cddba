/** (stub) */
export interface Codec {
  /** A non-null cell's value in wire form. */
  value(cell: unknown): unknown
  /** Its JSON text: the same bytes as `JSON.stringify(value(cell))`. */
  json(cell: unknown): string
}
