import { Coming } from '../../components/coming.tsx'
import { app } from '../../text/app.ts'

export const Screen = () => <Coming title={app.pages.limits} />
