/** One change: each field as it was, and as it is. */
import type { AuditEntry } from '../../api/operations.ts'
import { Time } from '../../components/time.tsx'
import { cn } from '../../components/ui/class-names.ts'
import { Dialog, DialogContent } from '../../components/ui/dialog.tsx'
import { audit as text } from '../../text/operations.ts'
import { differencesOf } from './differences.ts'

export const whoOf = ({ user_name: user, app_name: app, via }: AuditEntry): string =>
  [user, app, via].filter(Boolean).join(' · ') || text.nobody

export interface EntryDialogProps {
  /** `undefined`: closed. */
  readonly entry: AuditEntry | undefined
  readonly onClose: () => void
}

export const EntryDialog = ({ entry, onClose }: EntryDialogProps) => (
  <Dialog open={entry !== undefined} onOpenChange={(open) => !open && onClose()}>
    {entry && (
      <DialogContent
        className="max-w-3xl"
        title={text.title(text.actions[entry.action], entry.resource, entry.record_name ?? entry.record_id ?? '')}
        description={
          <>
            {text.by(whoOf(entry))}, <Time value={entry.time} />
          </>
        }
      >
        <Changes entry={entry} />
        <p className="text-muted-foreground text-xs">{text.masked}</p>
      </DialogContent>
    )}
  </Dialog>
)

const Changes = ({ entry: { action, changes } }: { readonly entry: AuditEntry }) => {
  const found = differencesOf(changes ?? {})
  if (found.length === 0) return <p className="text-muted-foreground">{text.unchanged}</p>
  const [hasBefore, hasAfter] = [action !== 'create', action !== 'delete']
  return (
    <table className="w-full table-fixed text-left">
      <thead>
        <tr className="border-b text-muted-foreground text-xs">
          <th scope="col" className="w-1/4 py-1.5 pr-3 font-medium">
            {text.field}
          </th>
          {hasBefore && (
            <th scope="col" className="py-1.5 pr-3 font-medium">
              {text.before}
            </th>
          )}
          {hasAfter && (
            <th scope="col" className="py-1.5 font-medium">
              {text.after}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {found.map(({ path, before, after }) => (
          <tr key={path} className="border-b align-top last:border-b-0">
            <th scope="row" className="break-words py-2 pr-3 font-medium">
              {path}
            </th>
            {hasBefore && <Side value={before} tone="bg-danger-soft text-danger" as="del" />}
            {hasAfter && <Side value={after} tone="bg-success-soft text-success" as="ins" />}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface SideProps {
  readonly value: unknown
  readonly tone: string
  readonly as: 'del' | 'ins'
}

const Side = ({ value, tone, as: Element }: SideProps) => {
  const isUnset = value === null || value === undefined || value === ''
  const shown = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <td className="py-2 pr-3">
      {isUnset ? (
        <span className="text-muted-foreground">{text.unset}</span>
      ) : (
        <Element
          className={cn('block whitespace-pre-wrap break-words rounded px-2 py-1 font-mono text-xs no-underline', tone)}
        >
          {shown}
        </Element>
      )}
    </td>
  )
}
