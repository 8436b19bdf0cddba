/** What a screen for a collection of the system API is made of: everything else is the same for all of them. */
import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { Resource } from '../../api/resource.ts'
import type { Id, JsonSchema } from '../../api/types.ts'
import type { Column } from '../data-table.tsx'
import type { CustomControls } from '../schema-form/surroundings.ts'

export interface ResourceText {
  /** "Roles" */
  readonly many: string
  /** "role", inside a sentence. */
  readonly one: string
  /** What they are for, in a sentence. */
  readonly about: string
  /** What an empty list says. */
  readonly empty: { readonly title: string; readonly text: string }
}

export interface PanelProps<Row> {
  /** As it is stored. */
  readonly row: Row
}

export interface ResourceDescription<Row> {
  readonly resource: Resource<Row>
  /** The list's path: `/roles`. The editor is below it: `/roles/3`, `/roles/new`. */
  readonly path: string
  readonly icon: LucideIcon
  readonly text: ResourceText
  readonly columns: readonly Column<Row>[]
  readonly idOf: (row: Row) => Id
  readonly nameOf: (row: Row) => string
  /** The editor's fields, in their order; groups by `x-group`. */
  readonly form: JsonSchema
  /** Controls of one's own, by field. */
  readonly controls?: CustomControls
  /** What a new one begins with, beside the defaults of `form`. */
  readonly initial?: Readonly<Record<string, unknown>>
  /** From a record to the form's values, where they differ. */
  readonly toForm?: (row: Row) => Readonly<Record<string, unknown>>
  /** From the form's values to what is sent. `row` is the record as it is stored; `undefined` for a new one. */
  readonly fromForm?: (
    values: Readonly<Record<string, unknown>>,
    row: Row | undefined,
  ) => Readonly<Record<string, unknown>>
  /** What goes with a record that is deleted. */
  readonly consequences?: (row: Row) => readonly string[]
  /** A switch in the list and the editor for this boolean field. */
  readonly active?: keyof Row & string
  /** Beside the heading of a record that exists: where else it leads. */
  readonly actions?: ComponentType<PanelProps<Row>>
  /** Below the editor of a record that exists: keys, members, a preview. */
  readonly panels?: readonly ComponentType<PanelProps<Row>>[]
  /** `false`: nothing is made here. */
  readonly creates?: boolean
  /** Whether this record can be changed; all can, unless said. */
  readonly mayEdit?: (row: Row) => boolean
  readonly mayDelete?: (row: Row) => boolean
}

/** Infers the row type; the description is the whole screen. */
export const describeResource = <Row>(description: ResourceDescription<Row>): ResourceDescription<Row> => description
