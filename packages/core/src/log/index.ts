export { type AccessFacts, accessLine, createAccessLog } from './access.ts'
export { createFailureLog, type FailureLog } from './failures.ts'
export { createLogger, type KernelLogger, type LogLevel, type LogOptions } from './logger.ts'
export { isSecretName, redactText, redactUrl, redactValue } from './redact.ts'
