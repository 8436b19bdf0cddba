/** What was read of the gateway, kept in memory only. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/client.ts'
import { noteEnd } from '../api/session.ts'

/** A session that has ended shows at whichever call comes first. */
const noticeEnd = (error: unknown): void => {
  const ended =
    error instanceof ApiError &&
    (error.status === 401 || (/session|token/i.test(error.message) && error.status === 400))
  if (ended) noteEnd(queryClient)
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused will be refused again; what did not answer may.
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
})
