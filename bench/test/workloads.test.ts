import { expect, it } from 'vitest'
import { baselineWords } from '../systems/baseline.ts'
import { gatewayWords } from '../systems/gateway.ts'
import { requestsOf, WORKLOADS } from '../workloads.ts'

it('asks gw and b every question', () => {
  for (const workload of WORKLOADS) {
    expect(requestsOf(workload, gatewayWords)).toHaveLength(workload.questions.length)
    expect(requestsOf(workload, baselineWords)).toHaveLength(workload.questions.length)
  }
})

it('leaves a workload out where a system lacks words for one of its questions', () => {
  const [first] = WORKLOADS
  expect(
    requestsOf(first!, (question) => (question.ask === 'list' ? baselineWords(question) : undefined)),
  ).toBeUndefined()
})
