/** The end of a list, where one more is added, and of each of its items, where it is taken away. */
import { Plus, Trash2, X } from 'lucide-react'
import { forms } from '../../text/forms.ts'
import { Button } from '../ui/button.tsx'
import { useSurroundings } from './surroundings.ts'

interface ItemButtonProps {
  /** What the list is called. */
  readonly label: string
  readonly onClick: () => void
}

export const AddItem = ({ label, onClick }: ItemButtonProps) => {
  const { disabled } = useSurroundings()
  if (disabled) return null
  return (
    <Button variant="outline" size="sm" className="w-fit" onClick={onClick}>
      <Plus />
      {forms.addItem(label)}
    </Button>
  )
}

interface RemoveItemProps extends ItemButtonProps {
  /** The place of the item, from 0. */
  readonly at: number
  /** Of a whole group of fields rather than of a line. */
  readonly group?: boolean
}

export const RemoveItem = ({ label, at, group = false, onClick }: RemoveItemProps) => {
  const { disabled } = useSurroundings()
  return (
    <Button
      variant="ghost"
      size={group ? 'icon-sm' : 'icon'}
      aria-label={forms.removeItem(label, at + 1)}
      disabled={disabled}
      onClick={onClick}
    >
      {group ? <Trash2 /> : <X />}
    </Button>
  )
}
