import { secret } from '@gw/core'
import { filesConfigShape } from '@gw/files'
import { z } from 'zod'

const hidden = (title: string, description: string) =>
  z
    .string()
    .min(1)
    .nullish()
    .meta({ ...secret, title, description })

export const s3Config = z
  .strictObject({
    key: hidden(
      'Access Key ID',
      'The key’s id. Without it: the environment’s, or, where `egress.allow` opens the address that tells it, the machine’s role.',
    ),
    secret: hidden('Secret Access Key', 'The key’s secret.'),
    region: z
      .string()
      .min(1)
      .meta({ title: 'Region', description: 'The bucket’s region; `auto` or any for most other stores.' }),
    container: z
      .string()
      .min(3)
      .max(63)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
      .meta({ title: 'Container', description: 'The bucket. It is made where it is missing.' }),
    prefix: z
      .string()
      .regex(/^(?!\/)[^\\\p{Cc}]*$/u)
      .default('')
      .transform((prefix) => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`))
      .meta({ title: 'Prefix', description: 'What the keys of this service begin with: the folder that is its root.' }),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .nullish()
      .meta({ title: 'Endpoint', description: 'The store’s address, where it is not Amazon’s: MinIO, R2, Ceph.' }),
    use_path_style_endpoint: z.boolean().default(false).meta({
      title: 'Path Style',
      description: 'The bucket’s name in the path in place of the host’s name, as most stores want it but Amazon’s.',
    }),
    timeout: z.int().min(1).max(600).default(60).meta({
      title: 'Timeout',
      description: 'How long the store may be silent, in seconds.',
    }),
    ...filesConfigShape,
  })
  .refine(({ key, secret: value }) => !key === !value, {
    path: ['secret'],
    message: 'goes with key: give both or none',
  })

export type S3Config = z.output<typeof s3Config>
