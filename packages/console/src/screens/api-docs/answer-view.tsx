/** What came back. Its text is text: nothing of an answer is ever taken for markup. */
import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { TrialAnswer } from '../../api/trial.ts'
import { CodeEditor } from '../../components/code-editor.tsx'
import { saveBlob } from '../../components/save-blob.ts'
import { bytesText } from '../../components/size.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { trial as text } from '../../text/api-docs.ts'

/** Bytes; a longer answer is shown as far as this, and saved whole. */
const SHOWN = 500_000
const IS_TEXT = /^text\/|[/+](?:json|xml|yaml|x-yaml|javascript|x-ndjson)\b|^$/

const readable = async ({ body, type }: TrialAnswer): Promise<string> => {
  const told = await body.slice(0, SHOWN).text()
  if (!/[/+]json\b/.test(type) || body.size > SHOWN) return told
  try {
    return JSON.stringify(JSON.parse(told), null, 2)
  } catch {
    return told
  }
}

const toneOf = (status: number) => (status < 300 ? 'success' : status < 400 ? 'neutral' : 'danger')

export const AnswerView = ({ answer }: { readonly answer: TrialAnswer }) => {
  const { status, statusText, duration, headers, type, body } = answer
  const [told, setTold] = useState<string>()
  const isText = IS_TEXT.test(type)
  useEffect(() => {
    if (!isText) return setTold(undefined)
    let wanted = true
    void readable(answer).then((shown) => wanted && setTold(shown))
    return () => {
      wanted = false
    }
  }, [answer, isText])
  return (
    <Card
      title={text.answer}
      aria-label={text.answer}
      actions={
        <div
          className="flex flex-wrap items-center gap-2 text-muted-foreground text-xs tabular-nums"
          aria-live="polite"
        >
          <Badge tone={toneOf(status)} aria-label={`${text.status} ${status}`}>
            {status} {statusText}
          </Badge>
          <span title={text.time}>{Math.round(duration).toLocaleString('en')} ms</span>
          <span title={text.size}>{bytesText(body.size)}</span>
          {body.size > 0 && (
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={text.download}
              onClick={() => saveBlob(body, /json\b/.test(type) ? 'answer.json' : 'answer')}
            >
              <Download />
            </Button>
          )}
        </div>
      }
    >
      <div className="grid min-w-0 gap-3">
        {body.size === 0 && <p className="text-muted-foreground">{text.noAnswerBody}</p>}
        {body.size > 0 && !isText && <p className="text-muted-foreground">{text.binary}</p>}
        {body.size > SHOWN && isText && (
          <p className="text-muted-foreground text-xs">{text.cut(bytesText(SHOWN), bytesText(body.size))}</p>
        )}
        {body.size > 0 && isText && told !== undefined && (
          <CodeEditor
            readOnly
            label={text.answer}
            language={/json\b/.test(type) ? 'json' : 'text'}
            value={told}
            minHeight="3rem"
            maxHeight="30rem"
          />
        )}
        <details>
          <summary className="w-fit rounded text-muted-foreground text-xs">{text.headers(headers.length)}</summary>
          <dl className="mt-2 grid gap-1 font-mono text-xs">
            {headers.map(([name, value]) => (
              <div key={name} className="flex flex-wrap gap-x-2">
                <dt className="text-muted-foreground">{name}:</dt>
                <dd className="break-all">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </Card>
  )
}
