/**
 * Has the observer told of files that a handler reads (templates, JSON, certificates),
 * and of folders that it looks through.
 *
 * What is found there often ends up in a variable of the module, and so in a warm worker.
 * Paths below `node_modules/@architect/shared` and `/views` lead where these folders are.
 */

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isThere } from './observe.mjs'

const READERS = [
  [fs, 'readFileSync'], [fs, 'readFile'], [fs, 'createReadStream'],
  [fs.promises, 'readFile'],
  ...(fs.openAsBlob === undefined ? [] : [[fs, 'openAsBlob']])
]
const LISTERS = [
  [fs, 'readdirSync'], [fs, 'readdir'], [fs, 'opendirSync'], [fs, 'opendir'],
  [fs.promises, 'readdir'], [fs.promises, 'opendir']
]
const everyFormOf = name => [[fs, `${name}Sync`], [fs, name], [fs.promises, name]]
const QUESTIONS = [
  [fs, 'exists'], [fs, 'existsSync'], ...['access', 'stat'].flatMap(everyFormOf)
]
const FINDERS = ['lstat', 'realpath'].flatMap(everyFormOf)
const WRITERS = [
  [fs, 'writeFileSync'], [fs, 'writeFile'], [fs, 'appendFileSync'], [fs, 'appendFile'],
  [fs, 'createWriteStream'], [fs.promises, 'writeFile'], [fs.promises, 'appendFile']
]
const MAKERS = [[fs, 'mkdirSync'], [fs, 'mkdir'], [fs.promises, 'mkdir']]
const REMOVERS = ['unlink', 'rmdir', 'rm'].flatMap(everyFormOf)
const OPENERS = [[fs, 'openSync'], [fs, 'open'], [fs.promises, 'open']]
const COPIERS = [[fs, 'copyFileSync'], [fs, 'copyFile'], [fs.promises, 'copyFile']]
const MOVERS = [[fs, 'renameSync'], [fs, 'rename'], [fs.promises, 'rename']]

/**
 * Observe the file system functions from now on.
 *
 * @param {Observer} observer is told
 * @param {(path: string) => string | null} deployed gives where a file of a function
 *   is, which has only been deployed there; null for any other
 */
export function install (observer, deployed) {
  const tap = (owner, name, ...tellers) => tapWith(deployed, owner, name, tellers)
  for (const [owner, name] of FINDERS) tap(owner, name, () => {})
  for (const [owner, name] of QUESTIONS) {
    tap(owner, name, path => observer.notePresence(path))
  }
  for (const [owner, name] of READERS) tap(owner, name, path => observer.note(path))
  for (const [owner, name] of LISTERS) {
    tap(owner, name, (path, options) =>
      observer.noteListing(path, options?.recursive === true))
  }
  const disregard = path => observer.disregard(path)
  for (const [owner, name] of OPENERS) {
    tap(owner, name, (path, flags) =>
      isForWriting(flags) ? disregard(path) : observer.note(path))
  }
  const remove = path => observer.disregard(path, () => isThere(path))
  for (const [owner, name] of WRITERS) tap(owner, name, disregard)
  for (const [owner, name] of MAKERS) {
    tap(owner, name, path => observer.disregard(path, () => !isThere(path)))
  }
  for (const [owner, name] of REMOVERS) tap(owner, name, remove)
  for (const [owner, name] of COPIERS) tap(owner, name, path => observer.note(path), disregard)
  for (const [owner, name] of MOVERS) tap(owner, name, remove, disregard)
  syncBuiltinESMExports()
}

/** Have a function tell of the paths that it is given, one teller an argument.
 *
 * A teller is given what follows the path, too.
 */
function tapWith (deployed, owner, name, tellers) {
  const original = owner[name]
  function tapped (...parts) {
    tellers.forEach((tell, position) => {
      const path = pathOf(parts[position])
      if (path === null) return
      const found = deployed(path)
      if (found !== null) parts[position] = found
      tell(found ?? path, parts[position + 1])
    })
    return Reflect.apply(original, this, parts)
  }
  Object.defineProperties(tapped, Object.getOwnPropertyDescriptors(original))
  owner[name] = tapped
}

/** Tell whether a file is opened to be changed; it is read where nothing is said. */
function isForWriting (flags) {
  if (typeof flags === 'string') return /[wa+]/.test(flags)
  return Number.isInteger(flags) && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
}

function pathOf (target) {
  try {
    if (typeof target === 'string') return resolve(target)
    return target instanceof URL ? fileURLToPath(target) : null
  } catch {
    return null // no such URL: the function itself will say so
  }
}
