import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { app } from '../text/app.ts'
import { Button } from './ui/button.tsx'

/** How long it says that it did it, in milliseconds. */
const SAYING = 1_500

/** Copies a text, also where the page has no clipboard: over plain http, browsers give none. */
export const CopyButton = ({ text, label = app.copy }: { readonly text: string; readonly label?: string }) => {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await copyText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), SAYING)
  }
  return (
    <Button variant="ghost" size="icon-sm" aria-label={copied ? app.copied : label} onClick={() => void copy()}>
      {copied ? <Check className="text-success" /> : <Copy />}
    </Button>
  )
}

const copyText = async (text: string): Promise<void> => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
