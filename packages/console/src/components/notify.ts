/** Short messages at the edge of the screen, told to readers, too. */
import { toast } from 'sonner'
import { messageOf } from './error-notice.tsx'

export const notify = {
  done: (text: string): void => void toast.success(text),
  failed: (error: unknown): void => void toast.error(messageOf(error)),
}
