/**
 * Where a syntax error of an ES module is: Node keeps that to itself until it prints it.
 */

import { spawnSync } from 'node:child_process'

const FILES_TO_TRY = 8
const OPTIONS = {
  encoding: 'utf8', env: {}, stdio: ['ignore', 'ignore', 'pipe'], timeout: 2000
}

/** Give what `node --check` prints of the first of `files` that does not parse, or ''. */
export function explain (files) {
  const sources = files.filter(path => /\.m?js$/.test(path)).slice(0, FILES_TO_TRY)
  for (const file of sources) {
    const check = spawnSync(process.execPath, ['--check', file], OPTIONS)
    if (check.status === 1) return check.stderr.split(/^ +at /m)[0]
  }
  return ''
}
