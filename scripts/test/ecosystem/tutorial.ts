/** Does what a guide says: writes the files that it shows, runs the commands, and compares what it promises. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Running } from './running.ts'
import { ROOT, type World } from './world.ts'

const GUIDE = 'docs/guides/write-a-connector.md'
/** Where the part ends that is to be followed, and other reading begins. */
const END = '\n## What you get for it'
/** The most lines that the guide may ask for. */
const LINES = 60
/** Ports that the guide shows; other ones are free on a machine that tests. */
const PORTS = ['4010', '8080']

interface Block {
  readonly language: string
  /** What stands behind the language: a file's name, `running` for commands that go on, `answer` to the one before. */
  readonly title: string
  readonly text: string
}

const blocksOf = (markdown: string): readonly Block[] =>
  [...markdown.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, title = '', text]) => ({
    language: language!,
    title,
    text: text!,
  }))

const freePort = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(String(port)))
    })
  })

/** Runs the guide in a world where everything that it installs can be had. */
export const runTutorial = async (world: World): Promise<void> => {
  const guide = readFileSync(join(ROOT, GUIDE), 'utf8')
  const free = await Promise.all(PORTS.map(freePort))
  const adapted = (text: string) => PORTS.reduce((so, port, at) => so.replaceAll(port, free[at]!), text)
  const blocks = blocksOf(guide.slice(0, guide.indexOf(END)))
  const running: Running[] = []
  let folder = ''
  let answer = ''
  let answers = 0
  let code = 0
  try {
    for (const { language, title, text } of blocks) {
      if (title === 'answer') {
        expect(JSON.parse(answer)).toEqual(JSON.parse(text))
        answers += 1
      } else if (title !== '' && language !== 'sh') {
        if (title.startsWith('src/')) code += text.trimEnd().split('\n').length
        writeFileSync(join(world.folder, folder, title), adapted(text))
      } else if (language === 'sh') {
        for (const line of text.trimEnd().split('\n')) {
          const cd = /^cd (\S+)$/.exec(line)
          if (cd) folder = join(folder, cd[1]!)
          else if (title === 'running') running.push(world.start('sh', ['-c', adapted(line)], folder))
          else if (line.startsWith('curl ')) answer = await curled(adapted(line))
          else answer = await world.run('sh', ['-c', adapted(line)], folder)
        }
        // What goes on says where it listens; the next step needs it.
        if (title === 'running') await running.at(-1)!.said(/http:\/\/127\.0\.0\.1:\d+/)
      }
    }
  } finally {
    for (const each of running) await each.stop()
  }
  expect(answers).toBeGreaterThan(0)
  expect(code).toBeGreaterThan(0)
  expect(code).toBeLessThanOrEqual(LINES)
}

/** As curl would, which not every machine has. */
const curled = async (line: string): Promise<string> => {
  const header = /-H '([^:]+): ([^']+)'/.exec(line)
  const url = /'(http[^']+)'/.exec(line)?.[1]
  if (header === null || url === undefined) throw new Error(`This is not understood: ${line}`)
  const answer = await fetch(url, { headers: { [header[1]!]: header[2]! } })
  return answer.text()
}
