/** Files of a bucket of Amazon S3, or of a store that speaks as it does, with the AWS SDK. */
import { defineFileServiceType } from '@gw/files'
import { s3Config } from './config.ts'
import { classify } from './errors.ts'
import { openStore } from './store.ts'

export default defineFileServiceType({
  name: 'aws_s3',
  aliases: ['s3'],
  label: 'AWS S3',
  description: 'Serves the files of a bucket: Amazon S3, MinIO, R2, Ceph.',
  capabilities: { folders: 'prefixes', presigned: true, dates: 'iso' },
  config: s3Config,
  open: openStore,
  classify,
})
