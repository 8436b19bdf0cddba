/** A store → a service type. */
import {
  defineServiceType,
  type Endpoint,
  endpoint,
  GwError,
  type Output,
  type Schema,
  type ServiceType,
} from '@gw/core'
import { z } from 'zod'
import type { FilesConfig } from './config.ts'
import { download } from './download.ts'
import { failureOf } from './failure.ts'
import { guarded } from './guarded.ts'
import { list } from './listing.ts'
import { fileQuery, listingQuery, removalQuery, uploadQuery } from './parameters.ts'
import { canonicalPath } from './paths.ts'
import { itemSchema } from './properties.ts'
import { removalBody, removeFromFolder, removeOneFile } from './remove.ts'
import type { FileStoreProvider } from './store.ts'
import { uploadFile, uploadToFolder } from './upload.ts'
import type { Service } from './write.ts'

/** How long the health check waits for the store, in milliseconds. */
const HEALTH_TIMEOUT = 10_000

const anything = { bytes: ['*/*'], anySize: true } as const
const one = z.looseObject({ name: z.string(), path: z.string(), type: z.string().optional() })
const several = z.union([one, z.looseObject({ resource: z.array(z.looseObject({})) })])

const notUpdatable = (what: string) => (): never => {
  throw new GwError('not_supported', `Updating ${what} properties is not implemented for current file system.`)
}

const tags = ['Files']

/** What can be asked of a folder: the root, or one below it. */
const folderEndpoints = (service: Service, path: `/${string}`, suffix: string, what: string): readonly Endpoint[] => {
  const upload = {
    path,
    tags,
    query: uploadQuery,
    body: anything,
    bodyOptional: true,
    response: several,
    status: 201 as const,
    errors: ['invalid_request', 'not_found', 'conflict', 'too_large', 'unavailable'] as const,
    handle: (call: Parameters<typeof uploadToFolder>[0]) => uploadToFolder(call, service) as never,
    description:
      'Stores the files of a form, the body under the name in X-File-Name, or what url leads to; makes the folder in X-Folder-Name, or the one of the path; or does what a list in JSON asks for: makes, copies and moves folders and files.',
  }
  return [
    endpoint({
      id: `list${suffix}`,
      method: 'GET',
      path,
      tags,
      summary: `List ${what}`,
      description: 'Lists folders and files, describes the folder (include_properties), or sends all of it (zip).',
      query: listingQuery,
      response: z.array(itemSchema),
      errors: ['not_found', 'unavailable'],
      handle: (call) => list(call, service.files, service.capabilities) as never,
    }),
    endpoint({ ...upload, id: `upload${suffix}`, method: 'POST', summary: `Put files and folders into ${what}` }),
    endpoint({ ...upload, id: `replace${suffix}`, method: 'PUT', summary: `Put files and folders into ${what}` }),
    endpoint({
      id: `update${suffix}`,
      method: 'PATCH',
      path,
      tags,
      summary: `Update properties of ${what}`,
      errors: ['not_supported'],
      handle: notUpdatable('folder'),
    }),
    endpoint({
      id: `remove${suffix}`,
      method: 'DELETE',
      path,
      tags,
      summary: `Remove ${what}, or what a list names`,
      query: removalQuery,
      body: removalBody,
      bodyOptional: true,
      response: several,
      errors: ['invalid_request', 'not_found', 'unavailable'],
      handle: (call) => removeFromFolder(call, service) as never,
    }),
  ]
}

const fileEndpoints = (service: Service): readonly Endpoint[] => {
  const path = '/{file_path*}'
  const upload = {
    path,
    tags,
    summary: 'Store a file',
    description: 'Stores the body, the one file of a form, or what url leads to; extract unpacks an archive instead.',
    query: uploadQuery,
    body: anything,
    bodyOptional: true,
    response: one,
    status: 201 as const,
    keeps: ['if-match', 'if-none-match'] as const,
    errors: ['invalid_request', 'not_found', 'conflict', 'precondition_failed', 'too_large', 'unavailable'] as const,
    handle: (call: Parameters<typeof uploadFile>[0]) => uploadFile(call, service) as never,
  } as const
  return [
    endpoint({
      id: 'readFile',
      method: 'GET',
      path,
      tags,
      summary: 'Read a file',
      description:
        'Sends the file, or the parts that Range asks for; describes it (include_properties); or gives an address of the store’s own for it (presigned).',
      query: fileQuery,
      response: { bytes: ['*/*'] },
      published: true,
      errors: ['not_found', 'precondition_failed', 'not_supported', 'unavailable'],
      handle: (call) => download(call, service.files, service.capabilities) as never,
    }),
    endpoint({ ...upload, id: 'storeFile', method: 'POST' }),
    endpoint({ ...upload, id: 'replaceFile', method: 'PUT' }),
    endpoint({
      id: 'updateFile',
      method: 'PATCH',
      path,
      tags,
      summary: 'Update properties of a file',
      errors: ['not_supported'],
      handle: notUpdatable('file'),
    }),
    endpoint({
      id: 'removeFile',
      method: 'DELETE',
      path,
      tags,
      summary: 'Remove a file',
      query: removalQuery,
      response: one,
      keeps: ['if-match', 'if-none-match'],
      errors: ['not_found', 'precondition_failed', 'unavailable'],
      handle: (call) => removeOneFile(call, service) as never,
    }),
  ]
}

/** What a file connector default-exports: `defineFileServiceType({ name: 'local_file', … })`. */
export const defineFileServiceType = <S extends Schema<any, FilesConfig>>(
  provider: FileStoreProvider<S>,
): ServiceType<S> =>
  defineServiceType<S>({
    contract: 1,
    name: provider.name,
    ...(provider.aliases && { aliases: provider.aliases }),
    label: provider.label,
    description: provider.description,
    group: 'File',
    config: provider.config,
    capabilities: { files: provider.capabilities },
    create(config: Output<S>, host) {
      const files = guarded(provider.open(config, host), provider.classify)
      const { capabilities } = provider
      const service: Service = { files, capabilities, config: config as FilesConfig, host }
      return {
        endpoints: [
          ...folderEndpoints(service, '/', 'Root', 'the root'),
          ...folderEndpoints(service, '/{folder_path*}/', 'Folder', 'a folder'),
          ...fileEndpoints(service),
        ],
        canonical: canonicalPath,
        ...(files.start && { start: (signal: AbortSignal) => files.start!(signal) }),
        async health(signal) {
          const within = AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT)])
          try {
            await files.verify(within)
          } catch (error) {
            throw within.aborted && !signal.aborted ? failureOf('timeout', error) : error
          }
        },
        stop: () => files.close(),
      }
    },
  })
