/** Trying a service's settings before they are saved. */
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useTestService } from '../../api/services.ts'
import type { Service, TestResult } from '../../api/types.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { services as text } from '../../text/services.ts'
import { problemsOfTest } from './service-problems.ts'

export interface ConnectionTest {
  readonly isRunning: boolean
  readonly result: TestResult | undefined
  readonly error: unknown
  /** @returns `undefined` where the gateway could not even try; `error` says why */
  run(service: Partial<Service>): Promise<TestResult | undefined>
  /** The settings have changed since. */
  forget(): void
}

export const useConnectionTest = (): ConnectionTest => {
  const { mutateAsync, isPending } = useTestService()
  const [result, setResult] = useState<TestResult>()
  const [error, setError] = useState<unknown>()
  return {
    isRunning: isPending,
    result,
    error,
    async run(service) {
      setResult(undefined)
      setError(undefined)
      try {
        const found = await mutateAsync(service)
        setResult(found)
        return found
      } catch (problem) {
        setError(problem)
        return undefined
      }
    },
    forget() {
      setResult(undefined)
      setError(undefined)
    },
  }
}

export const TestOutcome = ({ test: { result, error } }: { readonly test: ConnectionTest }) => {
  if (error !== undefined) return <ErrorNotice error={error} title={text.test.bad} />
  if (!result) return null
  if (result.ok)
    return (
      <p role="status" className="flex items-center gap-2.5 rounded-lg bg-success-soft px-3.5 py-3 text-success">
        <CircleCheck aria-hidden className="size-4.5" />
        {text.test.good(Math.max(1, Math.round(result.latency_ms)))}
      </p>
    )
  const { general, fields } = problemsOfTest(result.problems)
  return <ErrorNotice error={new Error(general ?? Object.values(fields).flat().join(' '))} title={text.test.bad} />
}
