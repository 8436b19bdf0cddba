/** A file to look at: text as text, pictures as pictures; nothing is ever drawn as a page. */
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type Entry, readEntry } from '../../api/files.ts'
import { CodeEditor, type CodeLanguage } from '../../components/code-editor.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { bytesText } from '../../components/size.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogContent } from '../../components/ui/dialog.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { files as text } from '../../text/files.ts'

type Kind = 'text' | 'image'

/** Bytes, by what is shown. */
const LIMITS: Readonly<Record<Kind, number>> = { text: 1_000_000, image: 20_000_000 }
/** An SVG in an <img> runs no script and loads nothing. */
const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  svg: 'image/svg+xml',
}
const TEXTS =
  /^(?:txt|md|markdown|csv|tsv|log|json|ndjson|jsonl|xml|html?|css|m?jsx?|tsx?|ya?ml|toml|ini|conf|env|sql|sh|py|php|rb|go|rs|java|c|h)$/
const LANGUAGES: Readonly<Record<string, CodeLanguage>> = {
  json: 'json',
  html: 'html',
  htm: 'html',
  js: 'javascript',
  mjs: 'javascript',
  py: 'python',
  php: 'php',
}

const endingOf = ({ name }: Entry): string => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
const kindOf = (entry: Entry): Kind | undefined => {
  const ending = endingOf(entry)
  if (Object.hasOwn(IMAGES, ending)) return 'image'
  return TEXTS.test(ending) || entry.content_type?.startsWith('text/') ? 'text' : undefined
}

interface PreviewProps {
  readonly service: string
  readonly entry: Entry
  readonly onClose: () => void
  readonly onDownload: () => void
}

export const Preview = ({ service, entry, onClose, onDownload }: PreviewProps) => (
  <Dialog open onOpenChange={(open) => !open && onClose()}>
    <DialogContent
      title={<span className="break-all">{entry.name}</span>}
      className="max-w-3xl"
      footer={
        <Button variant="outline" onClick={onDownload}>
          <Download />
          {text.download}
        </Button>
      }
    >
      <Look service={service} entry={entry} />
    </DialogContent>
  </Dialog>
)

const Look = ({ service, entry }: { readonly service: string; readonly entry: Entry }) => {
  const kind = kindOf(entry)
  const size = entry.content_length ?? 0
  const isTooLarge = kind !== undefined && size > LIMITS[kind]
  const { data, error } = useQuery({
    queryKey: ['file', service, entry.path, entry.last_modified ?? null, size],
    queryFn: ({ signal }) => readEntry(service, entry.path, { signal }),
    enabled: kind !== undefined && !isTooLarge,
    gcTime: 0,
    structuralSharing: false,
  })
  if (!kind) return <p className="text-muted-foreground">{text.look.unknown}</p>
  if (isTooLarge) return <p className="text-muted-foreground">{text.look.tooLarge(bytesText(size))}</p>
  if (error) return <ErrorNotice error={error} />
  if (!data) return <Skeleton className="h-40" />
  return kind === 'image' ? <Picture entry={entry} bytes={data} /> : <Text entry={entry} bytes={data} />
}

interface Shown {
  readonly entry: Entry
  readonly bytes: Blob
}

const Picture = ({ entry, bytes }: Shown) => {
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    // Only ever a picture's type, whatever the store says that it is.
    const made = URL.createObjectURL(new Blob([bytes], { type: IMAGES[endingOf(entry)] ?? 'image/png' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, entry])
  if (!address) return null
  return <img src={address} alt={entry.name} className="mx-auto max-h-[65dvh] max-w-full rounded-md object-contain" />
}

const Text = ({ entry, bytes }: Shown) => {
  const [told, setTold] = useState<string>()
  const ending = endingOf(entry)
  useEffect(() => {
    let wanted = true
    void bytes.text().then((shown) => wanted && setTold(ending === 'json' ? pretty(shown) : shown))
    return () => {
      wanted = false
    }
  }, [bytes, ending])
  if (told === undefined) return null
  return (
    <CodeEditor
      readOnly
      label={text.look.text}
      language={LANGUAGES[ending] ?? 'text'}
      value={told}
      minHeight="8rem"
      maxHeight="60dvh"
    />
  )
}

const pretty = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
