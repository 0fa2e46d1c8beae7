/**
 * What a worker has read of the project, as rows for the sandbox's freshness check.
 *
 * A row is `[path, stamp, digest]` (see `sandbox/workers/wire.py`). The state of a file
 * is taken before the file is read, so that an edit during the reading is a change.
 */

import { createRequire } from 'node:module'
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { realNowMs } from './clock.mjs'

const YOUNG_MS = 2000
const NUL = Buffer.from([0])
const CODE = /\.(?:[cm]?js|node)$/
const REMNANT = /^\.|~$|^__pycache__$/ // what editors and Python leave behind
const { lstatSync, readdirSync, readFileSync, realpathSync, statSync } = fs
const require = createRequire(import.meta.url)

export class Observer {
  #prefixes
  #rows = []
  #listings = []
  #listed = new Set()
  #presences = new Map()
  #asked = new Set()
  #isLoading = true
  #seen = new Set()
  #written = new Set()
  #justWritten = new Set()
  #disowned = []

  /** Watch the files below `roots`, folders that may be reached by symbolic links. */
  constructor (roots) {
    const folders = new Set([...roots, ...roots.map(realPath)])
    this.#prefixes = [...folders].map(folder => folder.replace(/\/*$/, '/'))
  }

  /** Tell whether `path` lies below the roots, in installed packages or not. */
  isProjectPath (path) {
    return this.#prefixes.some(prefix => path.startsWith(prefix))
  }

  /** Tell whether `path` is the app's own code. */
  isAppPath (path) {
    return this.isProjectPath(path) && !path.includes('/node_modules/')
  }

  /**
   * Tell whether a path of the app leads to the file `found` by links, and note it: they
   * may lead elsewhere later. What is out of the app belongs to it from now on.
   */
  followLink (path, found) {
    if (found === null || !this.isProjectPath(path) || !isThere(path)) return false
    if (realPath(path) !== found) return false
    this.note(path)
    if (this.isProjectPath(found)) return true
    let linked = found
    for (let at = dirname(path); this.isProjectPath(at); at = dirname(at)) {
      const real = realPath(at)
      if (this.isProjectPath(`${real}/`)) break
      linked = `${real}/`
    }
    this.#adopt(linked, found)
    return true
  }

  /** Have a package that is linked out of the app, and is not installed, belong to it. */
  followPackage (folder, found) {
    if (found === null || this.isProjectPath(found) || !this.isProjectPath(folder)) return
    const linked = `${realPath(folder)}/`
    if (found.startsWith(linked) && !linked.includes('/node_modules/')) this.#adopt(linked, found)
  }

  #adopt (linked, found) {
    this.#prefixes.push(linked)
    this.note(found)
  }

  /** Note that the file is about to be read. */
  note (path) {
    if (this.#seen.has(path) || !this.isProjectPath(path)) return
    this.#seen.add(path)
    if (!this.#written.has(path)) this.#rows.push([path, ...state(path)])
  }

  /** Note a file that would be read instead, if it were there. */
  noteIfAbsent (path) {
    if (this.#seen.has(path) || !this.isProjectPath(path)) return
    if (stampOf(find(path)) === '') this.note(path)
  }

  /**
   * Leave out a file that the handler writes: it is data of its own.
   *
   * Code that was read before it is written stays. `isChange` tells whether anything
   * changes; the attempt alone is not told.
   */
  disregard (path, isChange = () => isThere(dirname(path))) {
    if (this.isAppPath(path) && isChange()) this.#justWritten.add(path)
    this.#disown(dirname(path))
    this.#disownPresence(path)
    if (this.#written.has(path) || !this.isProjectPath(path)) return
    if (this.#seen.has(path)) {
      if (CODE.test(path)) return
      this.#disowned.push(path)
    }
    this.#written.add(path)
    this.#rows = this.#rows.filter(row => row[0] !== path)
  }

  /** Note that the handler's module looks through a folder, and perhaps those in it. */
  noteListing (path, isRecursive = false) {
    if (!this.#isLoading || !this.isAppPath(`${path}/`)) return
    if (!this.#listed.has(path)) {
      this.#listed.add(path)
      this.#listings.push([path, stampOf(find(path)), listingDigest(path)])
    }
    if (isRecursive) foldersIn(path).forEach(folder => this.noteListing(folder, true))
  }

  /** Note that the handler's module asks whether anything has this path. */
  notePresence (path) {
    if (!this.#isLoading || this.#written.has(path) || !this.isAppPath(path)) return
    // A module may wait for a file: what it was told last is what counts.
    this.#asked.add(path)
    const found = find(path)
    const kind = found === undefined ? '' : found.isDirectory() ? 'folder' : 'file'
    this.#presences.set(path, [path, stampOf(found), kind])
  }

  /** Note no more listings and questions: an event sees what is, each time. */
  endLoading () {
    this.#isLoading = false
  }

  /** Leave out a folder in which the handler itself makes files. */
  #disown (folder) {
    if (!this.#listed.has(folder)) return
    const told = this.#listings.length
    this.#listings = this.#listings.filter(row => row[0] !== folder)
    if (this.#listings.length === told) this.#disowned.push(`${folder}/`)
  }

  /** Leave out what the handler itself makes or removes. */
  #disownPresence (path) {
    if (!this.#asked.delete(path) || this.#presences.delete(path)) return
    this.#disowned.push(`${path}?`)
  }

  /** Take over rows that another thread has made. */
  add (rows) {
    for (const row of rows) {
      if (this.#seen.has(row[0])) continue
      this.#seen.add(row[0])
      this.#rows.push(row)
    }
  }

  /** Give the paths of the rows to come, the last noted first. */
  newest () {
    return this.#rows.map(row => row[0]).reverse()
  }

  /** Give what was noted since the last call, as those fields of a message that tell it. */
  takeNews () {
    const news = {}
    if (this.#rows.length > 0) news.files = this.#rows.splice(0)
    if (this.#listings.length > 0) news.listings = this.#listings.splice(0)
    if (this.#presences.size > 0) news.presences = [...this.#presences.values()]
    if (this.#justWritten.size > 0) news.written = [...this.#justWritten]
    if (this.#disowned.length > 0) news.disowned = this.#disowned.splice(0)
    this.#presences.clear()
    this.#justWritten.clear()
    return news
  }
}

/** Give the folders that hold a function's code, from its `start` message. */
export function rootsOf (start) {
  const { project_root: project, folder, shared_folder: shared, views_folder: views } = start
  return [project, folder, shared, views].filter(root => root)
}

/** Tell whether anything has this path, be it a link that leads nowhere. */
export function isThere (path) {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function state (path) {
  const found = find(path)
  const stamp = stampOf(found)
  if (stamp === '' || !found.isFile()) return [stamp, '']
  const last = found.mtimeMs > found.ctimeMs ? found.mtimeMs : found.ctimeMs
  const isYoung = realNowMs() - Number(last) < YOUNG_MS
  return [stamp, isYoung ? contentDigest(path) : '']
}

function find (path) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return undefined // a file where the path has a folder, for example
  }
}

function stampOf (found) {
  return found === undefined ? '' : `${found.mtimeNs}-${found.ctimeNs}-${found.size}-${found.ino}`
}

function contentDigest (path) {
  try {
    return digest(readFileSync(path))
  } catch {
    return ''
  }
}

/** Give the digest of a folder's names, as `listing_digest` of the wire makes it. */
function listingDigest (path) {
  let names
  try {
    names = readdirSync(path, { encoding: 'buffer' })
  } catch {
    names = []
  }
  const counted = names.filter(name => !REMNANT.test(name)).sort(Buffer.compare)
  return digest(Buffer.concat(counted.flatMap((name, at) => at ? [NUL, name] : [name])))
}

/** Give the folders in a folder; none where it is none. */
function foldersIn (path) {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(entry => join(path, entry.name))
  } catch {
    return []
  }
}

function digest (content) {
  // Loaded when it is needed: it takes 3 ms of a start.
  const { createHash } = require('node:crypto')
  return createHash('sha256').update(content).digest('hex')
}

function realPath (path) {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
