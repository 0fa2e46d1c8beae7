/**
 * Where modules are found as deployed: takes what is imported and from where.
 *
 * Architect deploys a Node function as its folder, with the shared and views folders as
 * `node_modules/@architect/shared` and `/views` in it (`@architect/hydrate`, "shared").
 * Here these names lead to where the folders are; nothing is written. So it is with the
 * static folder's `static.json`, which is copied over whatever the shared folder has. And
 * as nothing above the function's folder is deployed, no `package.json` up there says what
 * a `.js` file is.
 */

import fs, { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const isOnDisk = fs.existsSync // before anything leads it elsewhere
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/
const NOT_A_PACKAGE = /^(?:\.{0,2}\/|\.{1,2}$|#|[a-z][a-z\d+.-]+:)/i
const IS_ELSEWHERE = /^[a-z][a-z\d+.-]+:/i
const PACKAGE_FILE = 'package.json'
const SHARED = '@architect/shared'
const STATIC_FILE = 'static.json'
const IS_PATH = /^\.{0,2}\//
const CJS_SUFFIXES = ['.js', '.json', '.node']
const CJS_NAMES = ['exports', 'require', 'module', '__filename', '__dirname']
const MODULE_SYNTAX =
  /import statement outside a module|Unexpected token 'export'|import\.meta/
const FIRST_WITH_DETECTION = 24
const BROKEN = 'broken' // in the place of a type

export class Deployment {
  #mounts
  #sharedStaticFile
  #roots
  #functionFolder
  #additions
  #observer
  #packageTypes = new Map()
  #detectsModules

  /**
   * @param {object} start the message of that name, or the fields of it used here
   * @param {Observer} observer is told what decides where a module is found
   */
  constructor (start, observer) {
    this.#functionFolder = start.folder
    this.#mounts = mountsOf(start)
    this.#sharedStaticFile = start.shared_folder && join(start.shared_folder, STATIC_FILE)
    this.#roots = [start.folder, ...Object.values(this.#mounts)]
    this.#additions = start.path_additions
    this.#observer = observer
    this.#detectsModules = detectsModules(start.environment)
  }

  /**
   * Tell where to look for `specifier`, imported by the file `parent` (null: unknown).
   *
   * Gives null for "where Node looks by itself", `{ path }` for a file or folder in a
   * mounted folder, `{ from }` for the packages that a file in that folder would find.
   */
  redirect (specifier, parent) {
    if (parent !== null && IS_PATH.test(specifier)) {
      const path = this.fileAt(resolve(dirname(parent), specifier))
      if (path !== null) return { path }
    }
    if (NOT_A_PACKAGE.test(specifier) || isBuiltin(specifier)) return null
    const whole = this.#mounts[specifier]
    if (whole !== undefined) return { path: whole }
    const name = PACKAGE_NAME.exec(specifier)?.[0]
    if (name === undefined) return null
    const mount = this.#mounts[name]
    if (mount !== undefined) return { path: join(mount, specifier.slice(name.length)) }
    if (parent === null) return null
    const folder = dirname(parent)
    const isObserved = this.#observer.isAppPath(parent)
    const mounted = Object.values(this.#mounts).find(path => isWithin(folder, path))
    if (mounted !== undefined && !this.#holds(folder, name, mounted, isObserved)) {
      return this.#asFromFunction(name)
    }
    if (this.#additions.length === 0 && !isObserved) return null
    return this.#holds(folder, name, '/', isObserved) ? null : this.#addition(name)
  }

  /**
   * Tell where a file is that has only been deployed at `path`, such as
   * `node_modules/@architect/views/page.html` of the function; null for any other.
   */
  fileAt (path) {
    if (path === this.#sharedStaticFile) return this.#mounts[`${SHARED}/${STATIC_FILE}`] ?? null
    for (const [name, folder] of Object.entries(this.#mounts)) {
      const link = join(this.#functionFolder, 'node_modules', name)
      if (isWithin(path, link) && !isOnDisk(link)) return folder + path.slice(link.length)
    }
    return null
  }

  /**
   * Note what decided that `specifier` is the file `found` (null: there is none).
   *
   * Both it and `parent` are what Node was asked, which may be where `redirect` leads.
   */
  noteFound (specifier, parent, found) {
    if (found !== null) this.#observer.note(found)
    if (parent !== null && this.#observer.isAppPath(parent)) {
      const base = IS_PATH.test(specifier)
        ? resolve(dirname(parent), specifier)
        : this.#notePackage(specifier, dirname(parent), found)
      if (base !== null) this.#noteWay(base, found)
    }
    if (found?.endsWith('.js') && this.#observer.isAppPath(found)) {
      this.#packageTypeOf(dirname(found))
    }
  }

  /** Give `commonjs` or `module` for a deployed `.js` file, null for any other. */
  formatOf (path) {
    if (!path.endsWith('.js') || path.includes('/node_modules/')) return null
    if (!this.#roots.some(root => isWithin(path, root))) return null
    const type = this.#packageTypeOf(dirname(path))
    if (type === BROKEN) return null // Node itself complains of it
    if (type === 'module' || type === 'commonjs') return type
    return this.#detectsModules && hasModuleSyntax(path) ? 'module' : 'commonjs'
  }

  /** Note what would have been read before `found`, and what leads there. */
  #noteWay (base, found) {
    for (const path of candidates(base)) {
      if (path === found || this.#observer.followLink(path, found)) return
      if (path === join(base, PACKAGE_FILE)) this.#observer.note(path)
      else this.#observer.noteIfAbsent(path)
    }
  }

  /** Note what says where a package's files are; give the path that is looked for. */
  #notePackage (specifier, folder, found) {
    if (IS_ELSEWHERE.test(specifier) || isBuiltin(specifier)) return null
    this.#noteScope(folder) // "imports", and a package's own name
    const name = PACKAGE_NAME.exec(specifier)?.[0]
    if (name === undefined || specifier.startsWith('#')) return null
    for (let at = folder; ; at = dirname(at)) {
      const path = join(at, 'node_modules', name)
      if (isOnDisk(path)) {
        this.#observer.note(join(path, PACKAGE_FILE))
        this.#observer.followPackage(path, found)
        return join(at, 'node_modules', specifier)
      }
      if (at === dirname(at)) return null
    }
  }

  /** Note the `package.json` that counts for a folder, and those that would. */
  #noteScope (folder) {
    for (let at = folder; this.#observer.isProjectPath(`${at}/`); at = dirname(at)) {
      const file = join(at, PACKAGE_FILE)
      this.#observer.note(file)
      if (isOnDisk(file)) return
    }
  }

  #asFromFunction (name) {
    const folder = this.#functionFolder
    if (!this.#holds(folder, name, '/', true)) return this.#addition(name)
    return { from: join(folder, 'index.js') }
  }

  /** Tell whether a `node_modules` of `folder`, or above up to `top`, has the package. */
  #holds (folder, name, top, isObserved) {
    for (let at = folder; ; at = dirname(at)) {
      const path = join(at, 'node_modules', name)
      if (existsSync(path)) return true
      if (isObserved) this.#observer.noteIfAbsent(path)
      if (at === top || at === dirname(at)) return false
    }
  }

  #addition (name) {
    for (const folder of this.#additions) {
      const holder = basename(folder) === 'node_modules' ? dirname(folder) : folder
      if (existsSync(join(holder, 'node_modules', name))) {
        return { from: join(holder, 'index.js') }
      }
    }
    return null
  }

  /** Give `type` of the package that a folder belongs to, as far up as is deployed. */
  #packageTypeOf (folder) {
    const known = this.#packageTypes.get(folder)
    if (known !== undefined) return known
    const file = join(folder, PACKAGE_FILE)
    this.#observer.note(file)
    const above = dirname(folder)
    const isTop = this.#roots.includes(folder) || above === folder
    const type = typeIn(file) ?? (isTop ? 'none' : this.#packageTypeOf(above))
    this.#packageTypes.set(folder, type)
    return type
  }
}

/** Give the folders that stand for packages, by the packages' names, and a file of one. */
function mountsOf ({ shared_folder: shared, views_folder: views, static_manifest: file }) {
  const mounts = [
    [`${SHARED}/${STATIC_FILE}`, file], [SHARED, shared], ['@architect/views', views]
  ]
  return Object.fromEntries(mounts.filter(([, path]) => path))
}

/** Make the hook that Node calls for each `import`; `resolveNext` answers at once. */
export function importHook (deployment) {
  return (specifier, context, resolveNext) => {
    if (context.conditions.includes('require')) return resolveNext(specifier, context)
    const [target, from] = deployedImport(deployment, specifier, context)
    try {
      return asDeployed(deployment, target, from, resolveNext(target, from))
    } catch (error) {
      noteImport(deployment, target, from, null)
      throw error
    }
  }
}

/** Give what to ask Node for in place of an import: a specifier and a context. */
export function deployedImport (deployment, specifier, context) {
  const there = deployment.redirect(specifier, pathOf(context.parentURL))
  if (there === null) return [specifier, context]
  if (there.from !== undefined) {
    return [specifier, { ...context, parentURL: pathToFileURL(there.from).href }]
  }
  const isFolder = /^@architect\/[^/]+$/.test(specifier)
  const file = isFolder ? require.resolve(there.path) : there.path
  return [pathToFileURL(file).href, context]
}

/** Note what an import as Node was asked for it has led to (null: to nothing). */
export function noteImport (deployment, specifier, context, found) {
  deployment.noteFound(pathOf(specifier) ?? specifier, pathOf(context.parentURL), found)
}

/** Note what an import has led to, and give it the format that it has when deployed. */
export function asDeployed (deployment, specifier, context, found) {
  const path = pathOf(found.url)
  if (path === null) return found
  noteImport(deployment, specifier, context, path)
  const format = deployment.formatOf(path)
  return format === null ? found : { ...found, format }
}

/** Give the path of a `file:` URL, or null for any other. */
export function pathOf (url) {
  return url?.startsWith('file:') ? decodeURIComponent(new URL(url).pathname) : null
}

/**
 * Give what `require(base)` reads, in Node's order ("Modules: CommonJS modules"): one by
 * one, since most are found at once, and a `package.json` is not asked for then.
 */
function * candidates (base) {
  yield * filesOf(base)
  const file = join(base, PACKAGE_FILE)
  yield file
  const main = mainIn(file)
  if (main !== null) {
    yield * filesOf(join(base, main))
    yield * indexesOf(join(base, main))
  }
  yield * indexesOf(base)
}

function filesOf (base) {
  return [base, ...CJS_SUFFIXES.map(suffix => base + suffix)]
}

function indexesOf (folder) {
  return CJS_SUFFIXES.map(suffix => join(folder, `index${suffix}`))
}

/** Give `main` of a `package.json`; null where it says nothing. */
function mainIn (packageFile) {
  if (!isOnDisk(packageFile)) return null
  try {
    const { main } = JSON.parse(readFileSync(packageFile, 'utf8'))
    return typeof main === 'string' && main !== '' ? main : null
  } catch {
    return null
  }
}

function isWithin (path, folder) {
  return path === folder || path.startsWith(`${folder}/`)
}

function typeIn (packageFile) {
  try {
    const type = JSON.parse(readFileSync(packageFile, 'utf8')).type
    return type === 'module' || type === 'commonjs' ? type : 'none'
  } catch (error) {
    return error instanceof SyntaxError ? BROKEN : undefined // or there is none
  }
}

/** Tell whether a file is only valid as an ES module, found out as Node does. */
function hasModuleSyntax (path) {
  const { compileFunction } = require('node:vm')
  try {
    compileFunction(readFileSync(path, 'utf8'), CJS_NAMES)
    return false
  } catch (error) {
    return MODULE_SYNTAX.test(error.message)
  }
}

/** Tell whether Lambda's runtime finds out by the syntax what a `.js` file is. */
function detectsModules (environment) {
  // AWS Lambda developer guide, "Building Lambda functions with Node.js".
  if ((environment.NODE_OPTIONS ?? '').includes('--experimental-detect-module')) return true
  const major = /nodejs(\d+)/.exec(environment.AWS_EXECUTION_ENV ?? '')?.[1]
  return Number(major ?? process.versions.node.split('.')[0]) >= FIRST_WITH_DETECTION
}
