/** The CI jobs in docs/pull-requests.md are whole YAML, and every headway command in the docs of plans exists. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { loadAll } from 'js-yaml'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MARKDOWN_MARK } from '../../src/cli/output/plan-markdown.js'
import { makeProgram } from '../../src/cli/program.js'

const docs = suite('docs of plans')
const page = readFileSync('docs/pull-requests.md', 'utf8')
const jobs = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

docs('there is a job for GitHub, GitLab and Gitea, each whole YAML that runs headway plan', () => {
  assert.is(jobs.length, 3)
  for (const job of jobs) {
    const documents = loadAll(job)
    assert.is(documents.length, 1)
    assert.match(JSON.stringify(documents[0]), /headway plan --snapshot live\.snapshot/)
  }
})

docs('each finds its one comment again by the mark that the markdown begins with', () => {
  for (const job of jobs) assert.ok(job.includes(MARKDOWN_MARK))
})

docs('each fetches the whole history', () => {
  for (const job of jobs) assert.match(job, /fetch-depth: 0|GIT_DEPTH: "0"/)
})

docs('shell scripts in the jobs are whole', () => {
  for (const job of jobs) {
    const scripts = scriptsOf(loadAll(job)[0])
    assert.ok(scripts.length > 0)
    for (const script of scripts) {
      const words = script.split(/\s+/)
      assert.is(words.filter((word) => word === 'if').length, words.filter((word) => word === 'fi').length, script)
      assert.is((script.match(/"/g) ?? []).length % 2, 0, script)
      assert.is((script.match(/'/g) ?? []).length % 2, 0, script)
    }
  }
})

const commands: string[] = []
for (const file of ['docs/plan.md', 'docs/pull-requests.md']) {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /(?:^ {4}|^ {10}|^ {4}- )headway ([^|>#]*)/.exec(line)
    if (match !== null) commands.push(match[1]!.trim())
  }
}

for (const line of new Set(commands)) {
  docs(`headway ${line}`, () => {
    const [name, ...args] = line.split(/\s+/)
    const command = makeProgram(async () => {}).commands.find((candidate: Command) => candidate.name() === name)
    assert.ok(command !== undefined, `no command ${name}`)
    const known = command.options.flatMap((option) => [option.long, option.short])
    for (const arg of args) if (arg.startsWith('-')) assert.ok(known.includes(arg), `${name} has no ${arg}`)
  })
}

docs('commands were found in both pages', () => assert.ok(commands.length >= 10, commands.join('\n')))

/** Every `run` of a step, and every line of GitLab's `script`. */
function scriptsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === 'run' && typeof item === 'string') return [item]
    if (key === 'script' && Array.isArray(item)) return [item.join('\n')]
    return scriptsOf(item)
  })
}

docs.run()
