/** The keys `metrics` and `telemetry` of `gw.config`. */
import { z } from 'zod'
import { secret } from '../contract.ts'

export const metrics = z
  .strictObject({
    enabled: z.boolean().default(false).meta({
      title: 'Enabled',
      description: 'Count and time calls for Prometheus. Needs a token, or a port of its own.',
    }),
    path: z
      .string()
      .regex(/^\/[A-Za-z0-9/_-]*$/, 'is a path: /metrics')
      .default('/metrics')
      .meta({ title: 'Path', description: 'Where they are read.' }),
    token: z
      .string()
      .min(16)
      .optional()
      .meta({
        ...secret,
        title: 'Token',
        description: 'Who reads them sends it as Authorization: Bearer. E.g. ${env:GW_METRICS_TOKEN}.',
      }),
    port: z.int().min(0).max(65_535).optional().meta({
      title: 'Port',
      description: 'A port of their own: then they are not on the one that serves the API.',
    }),
    host: z.string().min(1).default('127.0.0.1').meta({ title: 'Host', description: 'The address of that port.' }),
  })
  .refine(({ enabled, token, port }) => !enabled || token !== undefined || port !== undefined, {
    path: ['enabled'],
    message: 'needs metrics.token or metrics.port, so that not every caller of the API can read the metrics',
  })
  .meta({ title: 'Metrics', description: 'Numbers for Prometheus.' })

export const telemetry = z
  .strictObject({
    traces: z.boolean().default(false).meta({
      title: 'Traces',
      description: 'Make OpenTelemetry spans of calls. The SDK comes with the start: NODE_OPTIONS=--import=….',
    }),
  })
  .meta({ title: 'Telemetry', description: 'Traces of calls.' })
