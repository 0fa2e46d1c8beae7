/**
 * Where a syntax error of an ES module is: Node keeps that to itself until it prints it.
 */

import { spawnSync } from 'node:child_process'

const FILES_TO_TRY = 8
const LIMIT_MS = 2000

/** Give what `node --check` prints of the first of `files` that does not parse, or ''. */
export function explain (files) {
  for (const file of files.filter(path => /\.m?js$/.test(path)).slice(0, FILES_TO_TRY)) {
    const check = spawnSync(process.execPath, ['--check', file],
      { encoding: 'utf8', env: {}, stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMIT_MS })
    if (check.status === 1) return check.stderr.slice(0, check.stderr.search(/^\s+at |$(?![^])/m))
  }
  return ''
}
