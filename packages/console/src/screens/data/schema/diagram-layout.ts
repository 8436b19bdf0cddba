/** Where tables stand in the picture: dagre puts those that refer to others to their left. */
import { graphlib, layout } from '@dagrejs/dagre'
import type { TableField, TableSchema } from '../../../api/records.ts'

export const WIDTH = 200
export const HEAD = 30
export const LINE = 20
/** Fields that are drawn of a table: its keys and references first. */
const FIELDS = 10

export interface Box {
  readonly name: string
  readonly fields: readonly TableField[]
  /** Fields that are not drawn. */
  readonly more: number
  /** Its upper left corner. */
  readonly x: number
  readonly y: number
  readonly height: number
}
export interface Line {
  readonly id: string
  readonly label: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}
export interface Drawing {
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
  readonly width: number
  readonly height: number
}

const weight = ({ is_primary_key, is_foreign_key }: TableField): number => (is_primary_key ? 0 : is_foreign_key ? 1 : 2)

export const drawingOf = (schemas: readonly TableSchema[]): Drawing => {
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 72, marginx: 16, marginy: 16 })
  graph.setDefaultEdgeLabel(() => ({}))
  const shown = new Map(
    schemas.map(({ name, field }) => {
      const fields = field.toSorted((a, b) => weight(a) - weight(b)).slice(0, FIELDS)
      return [name, { fields, more: field.length - fields.length }]
    }),
  )
  const heightOf = (name: string): number => {
    const { fields, more } = shown.get(name)!
    return HEAD + (fields.length + (more > 0 ? 1 : 0)) * LINE + 8
  }
  for (const name of shown.keys()) graph.setNode(name, { width: WIDTH, height: heightOf(name) })
  // A table that refers to itself says so at its field; a line would lead across the others.
  for (const { name, related } of schemas)
    for (const { type, ref_table, ref_service, name: relation } of related)
      if (type === 'belongs_to' && !ref_service && shown.has(ref_table) && ref_table !== name)
        graph.setEdge(name, ref_table, {}, relation)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    boxes: [...shown].map(([name, own]) => {
      const { x, y } = graph.node(name) as { x: number; y: number }
      return { name, ...own, x: x - WIDTH / 2, y: y - heightOf(name) / 2, height: heightOf(name) }
    }),
    lines: graph.edges().map((edge) => ({
      id: `${edge.v} ${edge.name}`,
      label: `${edge.v} → ${edge.w}`,
      points: (graph.edge(edge) as { points: Line['points'] }).points,
    })),
    width: Math.max(1, width),
    height: Math.max(1, height),
  }
}
