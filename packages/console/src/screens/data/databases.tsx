/** The databases to look into. */
import { Database } from 'lucide-react'
import { ServicesOfGroup } from '../../components/services-of-group.tsx'
import { data as text } from '../../text/data.ts'

export const Screen = () => <ServicesOfGroup group="Database" icon={Database} text={text} path="/data" />
