/** Conformance suites: what a working gw connector is, as checks that run. */
export { about, type Check, type Outcome, runCheck, runChecks, runSuite, type Suite } from './check.ts'
export { badgeOf } from './conformance/badge.ts'
export { type CapabilityState, type Claims, capabilityStates, claimsOf } from './conformance/claims.ts'
export {
  type ConformanceDefinition,
  type ConformanceSource,
  defineConformance,
  type MissingSource,
} from './conformance/definition.ts'
export { prove } from './conformance/prove.ts'
export { type CheckResult, type ConformanceReport, reportOf, type SuiteReport } from './conformance/report.ts'
export { type ServerAddress, serverAddress, serverNamedBy } from './conformance/server.ts'
export { type AccessSpec, EVERYTHING, type MemoryGovernance, memoryGovernance, type RoleSpec } from './governance.ts'
export { type Answer, type Ask, type HarnessOptions, inProcess, openGateway, type TestGateway } from './harness.ts'
export { memoryState, type RecordedHost, type RecordedLog, recordedHost, recordedLog } from './host.ts'
export { leftBehind, outsideOperations } from './isolation.ts'
export {
  type Interaction,
  type Recorded,
  type RecordedOptions,
  type RecordingFile,
  recorded,
  SCRUBBED,
} from './recording/index.ts'
export { type ReplyValidator, replyValidator } from './replies.ts'
export {
  type ConformanceOptions,
  conformance,
  openService,
  type ServiceContext,
  serviceChecks,
  serviceSuite,
} from './service/index.ts'
export { type Severable, severable } from './severable.ts'
export { bind } from './suite.ts'
