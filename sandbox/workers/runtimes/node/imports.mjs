/**
 * Imports as deployed: takes the `start` message, gives the handler function.
 *
 * `require` is led by replacing a method of Node's own loader, the way that tools have
 * always used; `import` by hooks (nodejs.org, "Modules: node:module API").
 */

import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { basename, dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Deployment, importHook } from './deployment.mjs'
import { isStreaming } from './streaming.mjs'

const FIRST_WITHOUT_CALLBACKS = 24
const PRELOADED = /(?:^|\s)(?:-r|--require|--import)(?:=|\s+)(\.{0,2}\/\S+)/g
const DYNAMIC_IMPORT = /\bimport\s*\(/
const { register, registerHooks } = Module // registerHooks: from Node 22.15
const canRequireModules = registerHooks !== undefined && process.features.require_module

export class HandlerMissing extends Error {}

export class CallbackHandler extends Error {}

export class Imports {
  #start
  #observer
  #deployment
  #areHooked = false
  #rowsOfThread = null

  constructor (start, observer) {
    this.#start = start
    this.#observer = observer
    this.#deployment = new Deployment(start, observer)
  }

  /** Tell where a file is that has only been deployed at `path`; null for any other. */
  fileAt (path) {
    return this.#deployment.fileAt(path)
  }

  /** Lead `require` from now on, and `import` from the first time that one is near. */
  install () {
    this.#leadRequire()
    this.#compileAsDeployed()
    if (registerHooks !== undefined) this.#leadImport()
  }

  /** Note what NODE_OPTIONS had Node load before this worker. */
  notePreloaded () {
    const { environment, folder } = this.#start
    for (const path of Object.keys(Module._cache)) this.#observer.note(path)
    for (const [, name] of (environment.NODE_OPTIONS ?? '').matchAll(PRELOADED)) {
      this.#observer.note(resolve(folder, name))
    }
  }

  /**
   * Give the function that answers events.
   *
   * Rejects with what the module throws, or with a HandlerMissing.
   */
  async loadHandler () {
    const { handler_file: file, handler_method: method } = this.#start
    this.#observer.note(file)
    const exported = await this.#load(file)
    const isAwaited = !hasCallbacks(this.#start.environment)
    // Only the runtime of Node.js 24 looks into a default export too.
    const handler = exported?.[method] || (isAwaited && exported?.default?.[method])
    const name = `${basename(file, extname(file))}.${method}`
    if (!handler) throw new HandlerMissing(`${name} is undefined or not exported`)
    if (typeof handler !== 'function') throw new HandlerMissing(`${name} is not a function`)
    if (handler.length >= 3 && isAwaited && !isStreaming(handler)) {
      throw new CallbackHandler(`${name} takes a callback; Node.js 24 on Lambda gives none`)
    }
    return handler
  }

  /** Have the observer know what modules have been read since the last call. */
  collect () {
    if (this.#rowsOfThread === null) return
    for (let post; (post = receiveMessageOnPort(this.#rowsOfThread)) !== undefined;) {
      this.#observer.add(post.message)
    }
  }

  async #load (file) {
    const isModule = file.endsWith('.mjs') || this.#deployment.formatOf(file) === 'module'
    if (isModule) {
      this.#leadImport()
      return import(pathToFileURL(file).href)
    }
    return Module._load(file, null, false)
  }

  #leadRequire () {
    const deployment = this.#deployment
    const original = Module._resolveFilename
    Module._resolveFilename = function (request, parent, isMain, options) {
      const from = parent?.filename ?? null
      const there = options?.paths ? null : deployment.redirect(request, from)
      const target = there?.path ?? request
      const where = there?.from ? { ...options, paths: [dirname(there.from)] } : options
      try {
        const found = original.call(this, target, parent, isMain, where)
        if (found.startsWith('/')) deployment.noteFound(target, there?.from ?? from, found)
        return found
      } catch (error) {
        deployment.noteFound(target, there?.from ?? from, null)
        throw error
      }
    }
  }

  /** Compile a `.js` file as what it is when deployed, whatever lies above its folder. */
  #compileAsDeployed () {
    const deployment = this.#deployment
    const original = Module._extensions['.js']
    Module._extensions['.js'] = (module, file) => {
      const format = deployment.formatOf(file)
      const isLeftToNode = format === 'module' && !canRequireModules
      if (format === null || isLeftToNode) return original(module, file)
      return module._compile(readFileSync(file, 'utf8'), file, format)
    }
    if (registerHooks !== undefined) return
    // Before Node 22.15 hooks take 40 ms to set up: wait for code that needs them.
    const compile = Module.prototype._compile
    const imports = this
    Module.prototype._compile = function (content, ...rest) {
      if (DYNAMIC_IMPORT.test(content)) imports.#leadImport()
      return compile.call(this, content, ...rest)
    }
  }

  #leadImport () {
    if (this.#areHooked) return
    this.#areHooked = true
    if (registerHooks !== undefined) {
      registerHooks({ resolve: importHook(this.#deployment) })
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.unref()
    this.#rowsOfThread = port1
    register('./import_thread.mjs', import.meta.url, {
      data: { start: this.#start, port: port2 }, transferList: [port2]
    })
  }
}

/** Tell whether the Lambda runtime that is asked for gives handlers a callback. */
export function hasCallbacks (environment) {
  const major = /nodejs(\d+)/.exec(environment.AWS_EXECUTION_ENV ?? '')?.[1]
  return Number(major ?? 0) < FIRST_WITHOUT_CALLBACKS
}
