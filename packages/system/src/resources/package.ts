/** `system/package`: chosen records as one file, out and in (platform.md §3.16). */
import { endpoint, GwError } from '@gw/core'
import { z } from 'zod'
import { type Given, givenFile, givenValue } from '../dreamfactory/given.ts'
import type { Choice } from '../transfer/choice.ts'
import { documentText, writtenDocument } from '../transfer/document.ts'
import { exportConfiguration } from '../transfer/export.ts'
import type { TransferParts } from '../transfer/parts.ts'
import { SECTIONS } from '../transfer/sections.ts'
import { checkAdmin, documentSchema, importGiven, importQuery, outcomeShape } from './moving.ts'
import type { SystemResource } from './resource.ts'

const choiceQuery = z.object({
  ...Object.fromEntries(
    SECTIONS.map(({ name, key }) => [
      name,
      z
        .string()
        .optional()
        .meta({ description: `Which ${name}: each ${key}, with commas between them, or *.` }),
    ]),
  ),
  format: z.enum(['json', 'yaml']).optional().meta({ description: 'Of the file. Default: json.' }),
})

/** @returns `undefined` where nothing is chosen: everything is meant */
const choiceIn = (query: Readonly<Record<string, unknown>>): Choice | undefined => {
  const parts = SECTIONS.flatMap(({ name }): readonly (readonly [string, '*' | readonly string[]])[] => {
    const names = query[name]
    if (typeof names !== 'string') return []
    if (names.trim() === '*') return [[name, '*']]
    return [[name, names.split(',').flatMap((one) => one.trim() || [])]]
  })
  return parts.length > 0 ? Object.fromEntries(parts) : undefined
}

const MEDIA_TYPE = { json: 'application/json; charset=utf-8', yaml: 'application/x-yaml; charset=utf-8' } as const

const fileReply = (text: string, format: 'json' | 'yaml'): Response =>
  new Response(text, {
    headers: {
      'content-type': MEDIA_TYPE[format],
      'content-disposition': `attachment; filename="package.${format}"`,
      'cache-control': 'no-store',
    },
  })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What was sent: a file of a form, a text (JSON or YAML), or the document itself. */
const givenIn = async (body: unknown, parts: TransferParts): Promise<Given> => {
  if (typeof body === 'string') return givenFile(Buffer.from(body), 'package.yaml', parts)
  const { files, file = files, import_url: address } = isObject(body) ? body : {}
  if (file instanceof File) return givenFile(Buffer.from(await file.arrayBuffer()), file.name, parts)
  if (address !== undefined)
    throw new GwError('not_supported', 'A package is not fetched from an address here: send the file itself.')
  return givenValue(body, parts)
}

const outcome = z
  .object({ success: z.boolean(), log: z.object(outcomeShape) })
  .meta({ id: 'PackageOutcome', description: 'What became of each record, by section.' })

export const packages: SystemResource = {
  name: 'package',
  label: 'Package',
  description: 'Chosen records as one file, for another gateway.',
  endpoints: ({ transfer }) => [
    endpoint({
      id: 'getPackage',
      method: 'GET',
      path: '/package',
      tags: ['Package'],
      summary: 'Export what is chosen, or everything, as a file; secrets are references',
      query: choiceQuery,
      response: documentSchema,
      async handle(call) {
        checkAdmin(call)
        const { query, signal } = call
        const document = await exportConfiguration(transfer, { choice: choiceIn(query), signal })
        const format = query.format ?? 'json'
        return fileReply(documentText(writtenDocument(document), format), format)
      },
    }),
    endpoint({
      id: 'importPackage',
      method: 'POST',
      path: '/package',
      tags: ['Package'],
      summary: 'Import such a file, or a package of DreamFactory: all of it, or nothing',
      query: importQuery,
      body: z.union([documentSchema, z.string()]),
      response: outcome,
      status: 201,
      errors: ['not_supported'],
      async handle(call) {
        checkAdmin(call)
        const given = await givenIn(call.body, transfer)
        const { success, ...log } = await importGiven(given, transfer, call)
        return { success, log }
      },
    }),
  ],
}
