/** The services that keep files. */
import { FolderOpen } from 'lucide-react'
import { ServicesOfGroup } from '../../components/services-of-group.tsx'
import { files as text } from '../../text/files.ts'

export const Screen = () => <ServicesOfGroup group="File" icon={FolderOpen} text={text} path="/files" />
