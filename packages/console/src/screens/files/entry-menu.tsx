import { Archive, Copy, Download, Ellipsis, Eye, FolderInput, Trash2 } from 'lucide-react'
import type { Entry } from '../../api/files.ts'
import { Button } from '../../components/ui/button.tsx'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../../components/ui/dropdown-menu.tsx'
import { app } from '../../text/app.ts'
import { files as text } from '../../text/files.ts'

export type EntryAction = 'look' | 'download' | 'move' | 'copy' | 'delete'

interface EntryMenuProps {
  readonly entry: Entry
  readonly onAction: (action: EntryAction) => void
}

/** What can be done with a file or a folder. */
export const EntryMenu = ({ entry: { name, type }, onAction }: EntryMenuProps) => (
  <DropdownMenu>
    <DropdownMenuTrigger asChild>
      <Button variant="ghost" size="icon-sm" aria-label={text.actions(name)}>
        <Ellipsis />
      </Button>
    </DropdownMenuTrigger>
    <DropdownMenuContent>
      {type === 'file' && (
        <DropdownMenuItem onSelect={() => onAction('look')}>
          <Eye />
          {text.preview}
        </DropdownMenuItem>
      )}
      <DropdownMenuItem onSelect={() => onAction('download')}>
        {type === 'file' ? <Download /> : <Archive />}
        {type === 'file' ? text.download : text.downloadZip}
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => onAction('move')}>
        <FolderInput />
        {text.move}
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => onAction('copy')}>
        <Copy />
        {text.copy}
      </DropdownMenuItem>
      <DropdownMenuSeparator />
      <DropdownMenuItem danger onSelect={() => onAction('delete')}>
        <Trash2 />
        {app.delete}
      </DropdownMenuItem>
    </DropdownMenuContent>
  </DropdownMenu>
)
