import type { ComponentProps } from 'react'

export interface GridPartProps extends ComponentProps<'div'> {
  readonly role: 'grid' | 'row' | 'rowgroup' | 'rowheader' | 'columnheader' | 'gridcell'
}

/** A part of a table that is drawn only in part, which the browser's own tables can not be. */
export const GridPart = ({ role, ...props }: GridPartProps) => <div role={role} {...props} />
