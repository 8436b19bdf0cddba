/** One package: why it is of no use, and which suites it says that it passes. */
import type { Connector } from '../../api/operations.ts'
import { Facts } from '../../components/facts.tsx'
import { Preformatted } from '../../components/preformatted.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Dialog, DialogContent } from '../../components/ui/dialog.tsx'
import { app } from '../../text/app.ts'
import { connectors as text } from '../../text/operations.ts'

export interface ConnectorDialogProps {
  /** `undefined`: closed. */
  readonly connector: Connector | undefined
  readonly onClose: () => void
}

export const ConnectorDialog = ({ connector, onClose }: ConnectorDialogProps) => (
  <Dialog open={connector !== undefined} onOpenChange={(open) => !open && onClose()}>
    {connector && (
      <DialogContent title={connector.name} className="max-w-2xl">
        {connector.problems.length > 0 && (
          <div className="rounded-lg border border-danger/30 bg-danger-soft px-3.5 py-3">
            <p className="font-medium">{text.problems}</p>
            <ul className="mt-1 grid list-disc gap-1 pl-5">
              {connector.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </div>
        )}
        <Facts
          facts={[
            [
              text.state,
              <Badge key="state" tone={connector.state === 'usable' ? 'success' : 'danger'}>
                {text.states[connector.state]}
              </Badge>,
            ],
            [text.version, connector.version ?? '–'],
            [text.contract, connector.contract ?? '–'],
            [text.types, connector.service_types.join(', ') || app.none],
            [text.static, connector.static.join(', ') || app.none],
          ]}
        />
        <h3 className="font-semibold">{text.conformance.title}</h3>
        <Report of={connector.conformance} />
      </DialogContent>
    )}
  </Dialog>
)

type Counts = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Counts =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Suites with numbers, as most reports have them; whatever else there is, is in the report as a whole. */
const suitesIn = (report: unknown): readonly (readonly [string, Counts])[] => {
  const suites = isObject(report) ? report.suites : undefined
  if (!isObject(suites)) return []
  return Object.entries(suites).flatMap(([name, counts]) => (isObject(counts) ? [[name, counts] as const] : []))
}

const Report = ({ of: report }: { readonly of: unknown }) => {
  if (report === null || report === undefined) return <p className="text-muted-foreground">{text.conformance.none}</p>
  const suites = suitesIn(report)
  const counted = [...new Set(suites.flatMap(([, counts]) => Object.keys(counts)))].filter((name) =>
    suites.every(([, counts]) => !isObject(counts[name])),
  )
  return (
    <div className="grid gap-3">
      {suites.length > 0 && (
        <table className="w-full text-left tabular-nums">
          <thead>
            <tr className="border-b text-muted-foreground text-xs">
              <th scope="col" className="py-1.5 font-medium">
                {text.conformance.suite}
              </th>
              {counted.map((name) => (
                <th key={name} scope="col" className="py-1.5 text-right font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {suites.map(([name, counts]) => (
              <tr key={name} className="border-b last:border-b-0">
                <th scope="row" className="py-1.5 font-normal">
                  {name}
                </th>
                {counted.map((one) => (
                  <td key={one} className="py-1.5 text-right">
                    {String(counts[one] ?? '–')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <details>
        <summary className="w-fit rounded text-muted-foreground text-xs">{text.conformance.whole}</summary>
        <Preformatted>{JSON.stringify(report, null, 2)}</Preformatted>
      </details>
    </div>
  )
}
