/** What every file service's configuration holds, whatever else its store asks for. */
import { z } from 'zod'

/** Spread into a provider's `z.strictObject({ … })`. */
export const filesConfigShape = {
  public_path: z.array(z.string()).nullish().meta({
    title: 'Public Path',
    description:
      'Files, and folders with all below them, that anybody may read without a key at `/{service}/{path}`; `/`: the files that are in no folder. Default: none.',
  }),
  max_extracted_size: z.int().min(0).default(1_073_741_824).meta({
    title: 'Maximum Extracted Size',
    description: 'How much an uploaded archive may hold unpacked, in bytes. Default: 1 GiB.',
  }),
  max_extracted_files: z.int().min(0).default(10_000).meta({
    title: 'Maximum Extracted Files',
    description: 'How many files and folders an uploaded archive may hold.',
  }),
}

export interface FilesConfig {
  readonly public_path?: readonly string[] | null | undefined
  readonly max_extracted_size: number
  readonly max_extracted_files: number
}
