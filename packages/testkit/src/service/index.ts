/** The suite for every service type. */
import type { Schema } from '@gw/core'
import type { Check, Suite } from '../check.ts'
import { bind } from '../suite.ts'
import { callChecks } from './calls.ts'
import { configurationChecks } from './configuration.ts'
import { type ConformanceOptions, openService, type ServiceContext } from './context.ts'
import { endpointChecks } from './endpoints.ts'
import { lifecycleChecks } from './lifecycle.ts'
import { resourceChecks } from './resources.ts'

export { type ConformanceOptions, openService, type ServiceContext } from './context.ts'

/** In this order: the last check looks at everything that was said before it. */
export const serviceChecks: readonly Check<ServiceContext>[] = [
  ...configurationChecks,
  ...endpointChecks,
  ...lifecycleChecks,
  ...callChecks,
  ...resourceChecks,
]

/** What defines a working service type: contract, configuration, endpoints, lifecycle, resources, secrets. */
export const serviceSuite = <S extends Schema>(options: ConformanceOptions<S>): Suite<ServiceContext> => ({
  family: 'service',
  title: `${options.type.name} is a service type`,
  checks: serviceChecks,
  open: () => openService(options),
})

/**
 * Declares it with vitest.
 *
 * @example conformance({ type: weather, config: { baseUrl, apiKey: 'k' }, invalid: [{}, { apiKey: '' }] })
 */
export const conformance = <S extends Schema>(options: ConformanceOptions<S>): void => bind(serviceSuite(options))
