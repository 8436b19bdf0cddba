import { Download } from 'lucide-react'
import { useState } from 'react'
import { type ExportFormat, exportRows, type RowsQuery } from '../../api/records.ts'
import { notify } from '../../components/notify.ts'
import { saveBlob } from '../../components/save-blob.ts'
import { bytesText } from '../../components/size.ts'
import { Button } from '../../components/ui/button.tsx'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../../components/ui/dropdown-menu.tsx'
import { data } from '../../text/data.ts'

const text = data.export
const FORMATS = ['csv', 'ndjson', 'json'] as const

/** What passes the filter, in the order that is shown. */
export const ExportMenu = ({ asked }: { readonly asked: RowsQuery }) => {
  const [bytes, setBytes] = useState<number>()
  const run = async (format: ExportFormat) => {
    setBytes(0)
    try {
      const file = await exportRows(asked, format, setBytes)
      const name = `${asked.table}.${format}`
      saveBlob(file, name)
      notify.done(text.done(name, bytesText(file.size)))
    } catch (error) {
      notify.failed(error)
    } finally {
      setBytes(undefined)
    }
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" disabled={bytes !== undefined}>
          <Download />
          <span aria-live="polite">{bytes === undefined ? text.label : text.running(bytesText(bytes))}</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {FORMATS.map((format) => (
          <DropdownMenuItem key={format} onSelect={() => void run(format)}>
            {text[format]}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
