/** How a service is, in a word and a colour. */
import type { Service, ServiceHealth } from '../../api/types.ts'
import type { StatusTone } from '../../components/ui/status-dot.tsx'
import { services as text } from '../../text/services.ts'

export interface ServiceState {
  readonly tone: StatusTone
  readonly label: string
}

const TONES = { serving: 'success', starting: 'warning', down: 'danger' } as const

/** @param health as the gateway told it; `undefined`: it did not */
export const stateOf = ({ is_active: isActive }: Service, health: ServiceHealth | undefined): ServiceState => {
  if (!isActive) return { tone: 'idle', label: text.states.inactive }
  if (!health) return { tone: 'idle', label: text.states.unknown }
  return { tone: TONES[health.state], label: text.states[health.state] }
}
