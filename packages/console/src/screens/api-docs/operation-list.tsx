/** All operations of a document by their headings, drawn as far as they are seen. With the keyboard: arrows, Home, End. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from 'react'
import type { Operation } from '../../api/docs.ts'
import { cn } from '../../components/ui/class-names.ts'
import { apiDocs as text } from '../../text/api-docs.ts'
import { MethodBadge } from './method-badge.tsx'

interface OperationListProps {
  readonly operations: readonly Operation[]
  /** The key of the one that is shown. */
  readonly chosen: string | undefined
  readonly onChoose: (key: string) => void
}

type Entry = { readonly heading: string } | { readonly operation: Operation; readonly at: number }

const HEADING_HEIGHT = 36
const OPERATION_HEIGHT = 46

const entriesOf = (operations: readonly Operation[]): readonly Entry[] =>
  operations.flatMap((operation, at): Entry[] => [
    ...(operation.group === operations[at - 1]?.group ? [] : [{ heading: operation.group }]),
    { operation, at },
  ])

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
}

export const OperationList = ({ operations, chosen, onChoose }: OperationListProps) => {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const entries = useMemo(() => entriesOf(operations), [operations])
  const chosenAt = useMemo(() => operations.findIndex(({ key }) => key === chosen), [operations, chosen])
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (entries[index] && 'heading' in entries[index] ? HEADING_HEIGHT : OPERATION_HEIGHT),
    overscan: 8,
  })
  // Sizes are known by what an entry is: another list has others.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer stays the same one
  useEffect(() => virtual.measure(), [entries])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    const index = entries.findIndex((entry) => 'at' in entry && entry.at === chosenAt)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
  }, [chosenAt, entries])
  const move = (event: KeyboardEvent) => {
    const next = STEPS[event.key]?.(chosenAt, operations.length)
    const operation = next === undefined ? undefined : operations[next]
    if (!operation) return
    event.preventDefault()
    onChoose(operation.key)
  }
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={text.operations}
      tabIndex={0}
      {...(chosenAt >= 0 && { 'aria-activedescendant': `${id}-${chosenAt}` })}
      className="relative h-[calc(100dvh-21rem)] min-h-80 overflow-y-auto rounded-xl border bg-surface lg:h-[calc(100dvh-16rem)]"
      onKeyDown={move}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const entry = entries[index]!
          const place = { top: start, height: size }
          if ('heading' in entry)
            return (
              <div
                key={index}
                aria-hidden
                className="absolute inset-x-0 flex items-end truncate px-3.5 pb-1.5 font-medium text-muted-foreground text-xs"
                style={place}
              >
                {entry.heading}
              </div>
            )
          return (
            <Option
              key={index}
              id={`${id}-${entry.at}`}
              operation={entry.operation}
              place={entry.at + 1}
              of={operations.length}
              isChosen={entry.at === chosenAt}
              style={place}
              onChoose={onChoose}
            />
          )
        })}
      </div>
    </div>
  )
}

interface OptionProps {
  readonly id: string
  readonly operation: Operation
  readonly place: number
  readonly of: number
  readonly isChosen: boolean
  readonly style: { readonly top: number; readonly height: number }
  readonly onChoose: (key: string) => void
}

const Option = ({
  id,
  operation: { key, method, path, summary },
  place,
  of,
  isChosen,
  style,
  onChoose,
}: OptionProps) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keyboard, as lists of options do
  // biome-ignore lint/a11y/useFocusableInteractive: as above
  <div
    id={id}
    role="option"
    aria-selected={isChosen}
    aria-posinset={place}
    aria-setsize={of}
    title={key}
    className={cn(
      'absolute inset-x-1 flex cursor-pointer items-center gap-1 rounded-md px-2.5 hover:bg-hover',
      isChosen && 'bg-primary-soft hover:bg-primary-soft',
    )}
    style={style}
    onClick={() => onChoose(key)}
  >
    <MethodBadge method={method} />
    <span className="grid min-w-0">
      <span className="truncate font-mono text-xs">{path}</span>
      <span className="truncate text-muted-foreground text-xs">{summary}</span>
    </span>
  </div>
)
