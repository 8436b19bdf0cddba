import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { notify } from '../../components/notify.ts'
import { files as text } from '../../text/files.ts'

interface DropZoneProps {
  readonly onFiles: (files: readonly File[]) => void
  readonly children: ReactNode
}

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files')

/** A folder can be dropped, but not read as a file. */
const filesOf = ({ dataTransfer }: DragEvent): readonly File[] => {
  const items = [...dataTransfer.items].filter(({ kind }) => kind === 'file')
  const found = items.map((item) => ({
    isFolder: item.webkitGetAsEntry()?.isDirectory === true,
    file: item.getAsFile(),
  }))
  if (found.some(({ isFolder }) => isFolder)) notify.failed(text.uploads.folders)
  return found.flatMap(({ isFolder, file }) => (file && !isFolder ? [file] : []))
}

/** Takes files that are dropped anywhere on it; the button for those who can not drag is elsewhere. */
export const DropZone = ({ onFiles, children }: DropZoneProps) => {
  const [isOver, setOver] = useState(false)
  // Entering a child leaves its parent: only as many leavings as enterings mean that it is left.
  const depth = useRef(0)
  const enter = (by: number) => {
    depth.current = Math.max(0, depth.current + by)
    setOver(depth.current > 0)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a way more for those who drag
    <div
      data-drop
      className="relative grid min-w-0 gap-4"
      onDragEnter={(event) => holdsFiles(event) && enter(1)}
      onDragLeave={(event) => holdsFiles(event) && enter(-1)}
      onDragOver={(event) => holdsFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        depth.current = 0
        setOver(false)
        onFiles(filesOf(event))
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-0 z-10 grid place-items-center rounded-xl border-2 border-primary border-dashed bg-primary-soft/80 font-medium text-primary">
          {text.drop}
        </div>
      )}
    </div>
  )
}
