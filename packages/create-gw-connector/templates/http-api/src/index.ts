import { defineServiceType, endpoint, GwError, secret } from '@gw/core'
import { z } from 'zod'

const Forecast = z.array(z.object({ date: z.iso.date(), max: z.number() }))

const config = z.strictObject({
  base_url: z.url().meta({ title: 'Base URL', description: 'Where the API is.' }),
  api_key: z
    .string()
    .min(1)
    .meta({ ...secret, title: 'API Key', description: 'The key for it.' }),
})

export default defineServiceType({
  contract: 1,
  name: 'placeholder',
  label: 'Placeholder',
  description: 'Daily forecasts by city.',
  group: 'Remote Service',
  config,
  create({ base_url, api_key }, host) {
    const ask = async (path: string, signal: AbortSignal): Promise<unknown> => {
      const answer = await host.fetch(new URL(path, base_url), { headers: { 'x-api-key': api_key }, signal })
      if (answer.ok) return answer.json()
      if (answer.status === 404) throw new GwError('not_found', 'There is no forecast for that city.')
      throw new GwError('upstream_failed', `The API answered ${answer.status}. Try again later.`)
    }
    return {
      health: async (signal) => void (await ask('/ping', signal)),
      endpoints: [
        endpoint({
          id: 'getForecast',
          method: 'GET',
          path: '/forecast/{city}',
          summary: 'Forecast for one city',
          params: z.object({
            city: z
              .string()
              .min(2)
              .meta({ examples: ['Vienna'] }),
          }),
          query: z.object({ days: z.coerce.number().int().min(1).max(16).default(3) }),
          response: Forecast,
          errors: ['not_found', 'upstream_failed'],
          handle: async ({ params, query, signal }) =>
            Forecast.parse(await ask(`/v1/${encodeURIComponent(params.city)}?days=${query.days}`, signal)),
        }),
      ],
    }
  },
})
