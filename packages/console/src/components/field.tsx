/** A control with its label, help and problems, tied together for whoever can not see them. */
import { type ReactNode, useId } from 'react'
import { app } from '../text/app.ts'
import { cn } from './ui/class-names.ts'
import { LABEL, Label } from './ui/label.tsx'

/** Descriptions of settings have `code` in backticks. */
export const Help = ({ text }: { readonly text: ReactNode }) => {
  if (typeof text !== 'string' || !text.includes('`')) return text
  return text.split('`').map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that does not change
      <code key={at} className="rounded bg-muted px-1 font-mono">
        {part}
      </code>
    ),
  )
}

/** Goes onto the control: `<Input {...control} />`. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
  readonly 'aria-required'?: true
}

export interface FieldProps {
  readonly label: ReactNode
  readonly help?: ReactNode
  /** What is wrong; the first of several is shown first. */
  readonly problems?: readonly string[] | string | undefined
  readonly required?: boolean
  /** Says "Optional" beside the label. */
  readonly optional?: boolean
  /** To the right of the label: a button, a count. */
  readonly aside?: ReactNode
  /** Control and label in one line: switches and boxes to tick. */
  readonly inline?: boolean
  readonly className?: string
  /** Several controls under one label: a list, a map. They name themselves by `labelId`. */
  readonly group?: boolean
  /** `labelId` is for what a label can not point at: `aria-labelledby`. */
  readonly children: (control: ControlProps, labelId: string) => ReactNode
}

export const Field = (props: FieldProps) => {
  const { label, help, problems = [], required = false, optional = false, aside, className } = props
  const { inline = false, group = false } = props
  const id = useId()
  const labelId = `${id}-label`
  const told = typeof problems === 'string' ? [problems] : problems
  const described = [help ? `${id}-help` : '', told.length > 0 ? `${id}-problem` : ''].filter(Boolean).join(' ')
  const control = props.children(
    {
      id,
      ...(described && { 'aria-describedby': described }),
      ...(told.length > 0 && { 'aria-invalid': true as const }),
      ...(required && { 'aria-required': true as const }),
    },
    labelId,
  )
  const words = (
    <>
      {label}
      {required && (
        <span aria-hidden className="ml-0.5 text-danger">
          *
        </span>
      )}
      {optional && <span className="ml-1.5 font-normal text-muted-foreground text-xs">{app.optional}</span>}
    </>
  )
  const caption = group ? (
    <span id={labelId} className={LABEL}>
      {words}
    </span>
  ) : (
    <Label id={labelId} htmlFor={id}>
      {words}
    </Label>
  )
  const notes = (
    <>
      {help && (
        <p id={`${id}-help`} className="text-muted-foreground text-xs leading-relaxed">
          <Help text={help} />
        </p>
      )}
      {told.length > 0 && (
        <p id={`${id}-problem`} className="text-danger text-xs leading-relaxed" aria-live="polite">
          {told.join(' ')}
        </p>
      )}
    </>
  )
  if (inline)
    return (
      <div className={cn('flex items-start gap-3', className)}>
        <div className="flex h-5 items-center">{control}</div>
        <div className="grid gap-1 pt-[0.2rem]">
          {caption}
          {notes}
        </div>
      </div>
    )
  return (
    <div className={cn('grid content-start gap-1.5', className)}>
      <div className="flex min-h-5 items-center justify-between gap-2">
        {caption}
        {aside}
      </div>
      {control}
      {notes}
    </div>
  )
}
