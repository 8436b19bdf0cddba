import { Coming } from '../../components/coming.tsx'
import { services } from '../../text/services.ts'

export const Screen = () => <Coming title={services.title} />
