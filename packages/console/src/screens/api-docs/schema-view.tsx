/** A JSON Schema to read: a name, a type and a meaning for each part; what is inside a part is drawn when it is opened. */
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { type ApiDocument, resolved } from '../../api/docs.ts'
import type { JsonSchema } from '../../api/types.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { cn } from '../../components/ui/class-names.ts'
import { apiDocs } from '../../text/api-docs.ts'
import { hasParts, type Part, partsOf, typeText } from './schema-shape.ts'

const text = apiDocs.schema

interface SchemaViewProps {
  readonly document: ApiDocument
  readonly schema: JsonSchema
}

export const SchemaView = ({ document, schema }: SchemaViewProps) => {
  const parts = partsOf(document, schema)
  const { description } = resolved<JsonSchema>(document, schema)
  return (
    <div className="grid gap-2">
      <p>
        <code className="break-words font-mono text-xs">{typeText(schema)}</code>
        {description && <span className="ml-2 text-muted-foreground">{description}</span>}
      </p>
      {parts.length > 0 && <Parts document={document} parts={parts} depth={0} />}
    </div>
  )
}

interface PartsProps {
  readonly document: ApiDocument
  readonly parts: readonly Part[]
  readonly depth: number
}

/** What fits a first look; the rest is a click away. */
const AT_FIRST = 60

const Parts = ({ document, parts, depth }: PartsProps) => {
  const [whole, setWhole] = useState(false)
  const seen = whole ? parts : parts.slice(0, AT_FIRST)
  return (
    <ul className={cn('grid border-l', depth === 0 ? '' : 'ml-1.5')}>
      {seen.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts never move, and places have no names of their own
        <PartRow key={`${part.name}-${at}`} document={document} part={part} depth={depth} />
      ))}
      {seen.length < parts.length && (
        <li className="py-1.5 pl-3">
          <button type="button" className="text-primary text-xs hover:underline" onClick={() => setWhole(true)}>
            {apiDocs.shown(seen.length, parts.length)}…
          </button>
        </li>
      )}
    </ul>
  )
}

const PartRow = ({ document, part, depth }: { document: ApiDocument; part: Part; depth: number }) => {
  const { name, schema, required, isPlace } = part
  const opens = hasParts(document, schema)
  const [open, setOpen] = useState(isPlace === true && depth < 1)
  const label = isPlace ? (
    <span className="text-muted-foreground italic">{name}</span>
  ) : (
    <code className="break-all font-mono font-medium text-xs">{name}</code>
  )
  return (
    <li className="grid gap-1 py-1.5 pl-3">
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
        {opens ? (
          <button
            type="button"
            aria-expanded={open}
            aria-label={text.show(name)}
            className="-ml-1 flex items-baseline gap-1 rounded px-0.5 hover:bg-hover"
            onClick={() => setOpen(!open)}
          >
            <ChevronRight
              aria-hidden
              className={cn('size-3.5 self-center transition-transform', open && 'rotate-90')}
            />
            {label}
          </button>
        ) : (
          label
        )}
        <code className="break-words font-mono text-muted-foreground text-xs">{typeText(schema)}</code>
        {required && <Badge tone="warning">{apiDocs.required}</Badge>}
      </div>
      <SchemaNotes schema={schema} />
      {open && opens && <Parts document={document} parts={partsOf(document, schema)} depth={depth + 1} />}
    </li>
  )
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a value means, and which ones there are. */
export const SchemaNotes = ({ schema }: { readonly schema: JsonSchema }) => {
  const { description, enum: values, examples = [], default: ordinary } = schema
  const notes = [
    ...(values ? [[text.values_, values.map(valueText).join(', ')]] : []),
    ...(ordinary === undefined ? [] : [[text.default, valueText(ordinary)]]),
    ...(examples[0] === undefined ? [] : [[text.example, valueText(examples[0])]]),
  ]
  return (
    <>
      {description && <p className="max-w-2xl text-muted-foreground text-xs leading-relaxed">{description}</p>}
      {notes.map(([label, value]) => (
        <p key={label} className="text-muted-foreground text-xs">
          {label}: <code className="break-all font-mono">{value}</code>
        </p>
      ))}
    </>
  )
}
