/** GitHub, with octokit. */
import { defineRepositoryServiceType } from '@gw/repos'
import { githubConfig } from './config.ts'
import { classify } from './errors.ts'
import { openHost } from './host.ts'

export default defineRepositoryServiceType({
  name: 'github',
  label: 'GitHub Service',
  description: 'Repositories, files, issues and pull requests of an account on GitHub, or on a host of its kind.',
  config: githubConfig,
  open: openHost,
  classify,
})
