/** What every source control service's configuration holds, whatever else its host asks for. */
import { z } from 'zod'

/** Spread into a provider's `z.strictObject({ … })`. */
export const repositoriesConfigShape = {
  writable: z.boolean().default(false).meta({
    title: 'Writable',
    description:
      'Also files, branches, issues, pull requests and comments can be written, by roles that may. Without it there is nothing but GET.',
  }),
  cache_size: z.int().min(0).max(1_073_741_824).default(16_777_216).meta({
    title: 'Cache Size',
    description:
      'Bytes of memory for answers that the host is asked about again before they are used, which does not count for its rate limit. 0: none are kept.',
  }),
}

export interface RepositoriesConfig {
  readonly writable: boolean
  readonly cache_size: number
}
