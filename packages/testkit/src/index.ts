/** Conformance suites: what a working gw connector is, as checks that run. */
export { type Check, type Outcome, runCheck, runChecks } from './check.ts'
export { type AccessSpec, EVERYTHING, type MemoryGovernance, memoryGovernance, type RoleSpec } from './governance.ts'
export { type Answer, type Ask, type HarnessOptions, openGateway, type TestGateway } from './harness.ts'
export { memoryState, type RecordedHost, type RecordedLog, recordedHost, recordedLog } from './host.ts'
export { leftBehind, outsideOperations } from './isolation.ts'
export { type ReplyValidator, replyValidator } from './replies.ts'
export {
  type ConformanceOptions,
  conformance,
  openService,
  type ServiceContext,
  serviceChecks,
} from './service/index.ts'
export { type Severable, severable } from './severable.ts'
export { bind, type Suite } from './suite.ts'
