/**
 * Failures of a handler: takes what was thrown, gives the wire's fields of an error.
 *
 * The error types are those of Lambda's own runtime
 * (`aws-lambda-nodejs-runtime-interface-client`).
 */

import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { inspect, types } from 'node:util'
import { fileURLToPath } from 'node:url'
import { CallbackHandler, HandlerMissing } from './imports.mjs'
import { explain } from './syntax.mjs'

const AWS_REFUSALS = ['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId']
const FRAMES_AT_EACH_END = 30
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url))
const LONGEST_SOURCE_LINE = 240 // a bundle is one line of a million letters
const LONGEST_TRACE_LINE = 2000
const FRAME = /^\s+at (?:(.*?) \()?(?:async )?((?:file:\/\/)?\/[^()]*?):(\d+)(?::(\d+))?\)?$/
const PLACE_OF_SYNTAX_ERROR = /^((?:file:\/\/)?\/.*):(\d+)$/m
const MODULE_SYNTAX =
  /import statement outside a module|Unexpected token 'export'|'import\.meta' outside a module/
const IMPORTER = /imported from (\/.+)$/m // Node may add a line, "Did you mean …"
const MISSING = /^Cannot find (?:module|package) '([^']+)'/
const FIRST_QUOTED = /(['"])(.+?)\1/
const ABSENT_CODES = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']
const IN_PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//
const SUFFIX = /\.(?:[cm]?[jt]s|json)$/

/** Give the folders that a function's code and packages come from, the root at last. */
export function originOf ({ folder, shared_folder: shared, views_folder: views, project_root }) {
  return { folders: [folder, shared, views, project_root].filter(path => path) }
}

/** Give the fields for a module that did not load. */
export function loadFailure (thrown, start, observer) {
  if (thrown instanceof HandlerMissing) return handlerMissing(thrown, start)
  if (thrown instanceof CallbackHandler) return callbackHandler(thrown)
  const origin = { ...originOf(start), isAppPath: path => observer.isAppPath(path) }
  if (thrown instanceof SyntaxError && !hasPlace(thrown)) {
    thrown.stack = joined(explain(observer.newest()), thrown.stack)
  }
  const failure = raisedFailure(thrown, origin)
  if (thrown?.code === 'MODULE_NOT_FOUND') { // of "require"; "import" keeps its Error
    const first = String(thrown.message).split('\n')[0]
    failure.error_type = 'Runtime.ImportModuleError'
    failure.message = `Error: ${first}`
  } else if (thrown instanceof SyntaxError) {
    failure.error_type = 'Runtime.UserCodeSyntaxError'
    failure.message = `SyntaxError: ${thrown.message}`
    failure.remedy = syntaxRemedy(thrown, start)
  }
  return failure
}

/**
 * Give the fields for what left the handler, an Error or anything else.
 *
 * @param {object} origin the app: its `folders`, and `isAppPath`, whether a file is its
 */
export function raisedFailure (thrown, origin) {
  try {
    if (!isError(thrown)) return plain(typeof thrown, String(thrown), '', inspect(thrown))
    const trace = withoutOwnFrames(inspect(thrown))
    const stack = frames(thrown, origin.isAppPath)
    return { ...plain(thrown.name, thrown.message, remedyOf(thrown, origin), trace), stack }
  } catch {
    // Its getters, or its way to become text, throw in turn.
    return plain('handled', 'The handler threw what cannot be shown as text.')
  }
}

/** Give the fields for a promise that was rejected and never looked after. */
export function rejectionFailure (reason, origin) {
  return {
    ...raisedFailure(reason, origin),
    error_type: 'Runtime.UnhandledPromiseRejection',
    message: text(reason),
    remedy: 'Await the promise in the handler, or give it a "catch".'
  }
}

/** Give the fields for a result that JSON cannot say; `error` may be undefined. */
export function marshalFailure (result, error) {
  const fact = error === undefined ? `a ${typeof result} has no JSON` : text(error)
  return plain('Runtime.MarshalError', `Unable to stringify response body: ${fact}`,
    'Return only what JSON can say: plain objects without cycles, arrays, strings, ' +
    'numbers, booleans and null.')
}

/** Give the fields for a result that no frame can hold. */
export function sizeFailure () {
  return plain('Function.ResponseSizeTooLarge',
    'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    'Return less, or a link to where the rest is.')
}

/** Give the fields for an async function that nothing will ever settle. */
export function neverSettledFailure () {
  return plain('Runtime.NodeJsExit',
    'Nothing is left to wait for, and a promise that the function awaits was never settled.',
    'Settle every promise on each path: call "resolve" or "reject", or throw.')
}

function remedyOf (error, { folders }) {
  if (ABSENT_CODES.includes(error.code)) return missingModule(error, folders)
  if (error.code === 'ERR_UNSUPPORTED_DIR_IMPORT') return missingIndex(error)
  if (isUnknownTable(error)) {
    return 'No table has that name. A table\'s own name is not the one in the manifest, here ' +
      'nor on AWS: "const { NAME } = await arc.tables()" finds it, once the manifest has ' +
      'NAME under @tables.'
  }
  if (wentToAws(error)) {
    return 'The call went to AWS itself. The sandbox stands in for DynamoDB and SSM only, for ' +
      'clients that read AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_SSM (the AWS SDK v2 ' +
      'does not: pass it as "endpoint"). Guard the call, or give the client an endpoint of ' +
      'its own.'
  }
  if (error.code !== 'ERR_REQUIRE_ESM') return ''
  return 'Before Node.js 24, Lambda does not "require" ES modules: use "await import(…)", ' +
    'make the handler "index.mjs", or set the runtime "nodejs24.x".'
}

/** Tell whether DynamoDB has no such table, in the words of any of its clients. */
function isUnknownTable ({ name, code, message }) {
  return [name, code].includes('ResourceNotFoundException') &&
    String(message).includes('Requested resource not found')
}

/** Tell whether a client was not led to the sandbox: AWS was not found, or refused it. */
function wentToAws (error) {
  if (!process.env.AWS_ENDPOINT_URL_SSM?.endsWith('/_arc/ssm')) return false
  if (typeof error.hostname === 'string') return /\.amazonaws\.com(\.cn)?$/.test(error.hostname)
  return AWS_REFUSALS.includes(error.name) || AWS_REFUSALS.includes(error.code)
}

function plain (errorType, message, remedy = '', trace = '') {
  return { error_type: String(errorType), message: String(message), stack: [], trace, remedy }
}

function handlerMissing (error, start) {
  const file = basename(start.handler_file)
  const method = start.handler_method
  return plain('Runtime.HandlerNotFound', error.message,
    `Export it from "${file}": "export async function ${method} (event) { … }", ` +
    `or "exports.${method} = …" in CommonJS.`)
}

function callbackHandler (error) {
  return plain('Runtime.CallbackHandlerDeprecated', error.message,
    'Make it an async function of the event and the context that returns its result.')
}

/** Tell where a missing module would have to come from. */
function missingModule (error, folders) {
  const name = MISSING.exec(error.message)?.[1]
  if (name === undefined || /^(?:\.|\/|file:)/.test(name)) return missingFile(error, name ?? '')
  const parts = name.split('/')
  const missing = name.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
  const shared = /^@architect\/(shared|views)$/.exec(missing)?.[1]
  if (shared !== undefined) {
    return `Put the code into "src/${shared}", and see that the function's config.arc ` +
      `does not say "${shared} false".`
  }
  const holder = folders.find(folder => isNamedIn(join(folder, 'package.json'), missing))
  if (holder !== undefined) return `Run "npm install" in "${holder}".`
  const root = folders.at(-1)
  // AWS Lambda developer guide, "Node.js runtimes": they include the SDK for JavaScript v3.
  return missing.startsWith('@aws-sdk/')
    ? 'Lambda\'s Node.js includes it, this one does not: run ' +
      `"npm install --save-dev ${missing}" in "${root}".`
    : `Run "npm install ${missing}" in "${root}".`
}

/** Tell which file was meant, whose path is whole, or as "require" was given it. */
function missingFile ({ requireStack }, name) {
  const path = resolve(dirname(requireStack?.[0] ?? '/'), name)
  const owner = IN_PACKAGE.exec(path)?.[1]
  if (owner !== undefined) {
    return `"${owner}" has no such file: correct what is imported of it, or install it anew.`
  }
  const stem = basename(path).replace(SUFFIX, '')
  const near = namesIn(dirname(path)).find(
    entry => SUFFIX.test(entry) && entry.replace(SUFFIX, '') === stem)
  return near === undefined
    ? 'Create the file, or correct the path; "import" wants the whole file name.'
    : `There is "${near}": write its whole name.`
}

/** Tell what to import of a folder, of which "import" takes no file by itself. */
function missingIndex (error) {
  const folder = FIRST_QUOTED.exec(error.message)?.[2] ?? ''
  const index = namesIn(folder).find(name => /^index\.[cm]?js$/.test(name))
  const example = join(basename(folder), index ?? 'index.mjs')
  return `Name the file in it: "${example}". "import" looks for none by itself.`
}

function namesIn (folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Tell whether a package.json has the package among what npm installs. */
function isNamedIn (file, name) {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8'))
    return Object.hasOwn({ ...devDependencies, ...dependencies }, name)
  } catch {
    return false
  }
}

function syntaxRemedy (error, start) {
  if (!MODULE_SYNTAX.test(error.message)) return ''
  const [place = { file: start.handler_file }] = placeInSource(error)
  if (!place.file.endsWith('.js')) return ''
  const name = basename(place.file)
  if (place.file === start.handler_file) {
    return `Rename "${name}" to "index.mjs", or put a package.json with "type": "module" ` +
      'beside it.'
  }
  return 'Before Node.js 24, Lambda does not detect an ES module by its syntax: ' +
    `rename "${name}" to end in ".mjs", put "type": "module" into its package.json, or set ` +
    'the runtime "nodejs24.x".'
}

function isError (thrown) {
  const isLikeOne = name => typeof thrown?.[name] === 'string'
  return types.isNativeError(thrown) || ['name', 'message', 'stack'].every(isLikeOne)
}

function text (value) {
  try {
    return String(value)
  } catch {
    return 'what cannot be shown as text'
  }
}

/** Give the calls that led to an error, the outermost first. */
function frames (error, isAppPath) {
  const found = [...calls(error), ...placeInSource(error)]
  if (found.length > 2 * FRAMES_AT_EACH_END) {
    found.splice(FRAMES_AT_EACH_END, found.length - 2 * FRAMES_AT_EACH_END)
  }
  return found.map(({ column, ...frame }) => ({
    ...frame,
    source_line: sourceLine(frame.file, frame.line, column),
    is_app_code: isAppPath(frame.file)
  }))
}

/** Give the calls outside of Node and this worker. */
function calls (error) {
  const found = []
  for (const line of String(error.stack).split('\n')) {
    const [, name = '<anonymous>', place, number, column] = FRAME.exec(line) ?? []
    if (place === undefined || isOwn(line)) continue
    found.push({
      file: pathIn(place), line: Number(number), column: Number(column ?? 1), function: name
    })
  }
  return found.reverse()
}

/** Put the place before the stack; both end or begin with the message. */
function joined (place, stack) {
  const message = `${stack.split('\n', 1)[0]}\n`
  return (place.endsWith(message) ? place.slice(0, -message.length) : place) + stack
}

function hasPlace (error) {
  return calls(error).length + placeInSource(error).length > 0
}

/** Give the place that an error of loading is about, which no call stands for. */
function placeInSource (error) {
  const place = error instanceof SyntaxError && PLACE_OF_SYNTAX_ERROR.exec(error.stack)
  if (place) {
    return [{ file: pathIn(place[1]), line: Number(place[2]), function: '<module>' }]
  }
  const file = IMPORTER.exec(error.message)?.[1]
  if (file === undefined || !String(error.code).startsWith('ERR_')) return []
  const index = lineNaming(FIRST_QUOTED.exec(error.message)?.[2] ?? '', linesOf(file))
  return index < 0 ? [] : [{ file, line: index + 1, function: '<module>' }]
}

/** Find the line that imports what Node names, by a whole path or a part of the name. */
function lineNaming (name, lines) {
  const names = [basename(name), IN_PACKAGE.exec(name)?.[1]].filter(one => one)
  const quoted = names.map(one => [`${one}'`, `${one}"`, `${one}/`])
  return lines.findIndex(line => quoted.flat().some(one => line.includes(one)))
}

/** Give a line of a file; of a long one, what is around the column. */
function sourceLine (file, line, column = 1) {
  const text = file.startsWith('/') ? linesOf(file)[line - 1] ?? '' : ''
  if (text.length <= LONGEST_SOURCE_LINE) return text.trim()
  const last = text.length - LONGEST_SOURCE_LINE
  const start = Math.max(0, Math.min(last, column - 1 - LONGEST_SOURCE_LINE / 2))
  const shown = text.slice(start, start + LONGEST_SOURCE_LINE).trim()
  return `${start > 0 ? '…' : ''}${shown}${start < last ? '…' : ''}`
}

function linesOf (file) {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function withoutOwnFrames (trace) {
  const lines = []
  for (const line of trace.split('\n')) {
    if (!isOwn(line)) lines.push(shortened(line))
    else if (line.endsWith(' {')) lines.push(`${lines.pop() ?? ''} {`) // what the error carries
  }
  return lines.join('\n')
}

function shortened (line) {
  if (line.length <= LONGEST_TRACE_LINE) return line
  return `${line.slice(0, LONGEST_TRACE_LINE).trimEnd()}…`
}

function isOwn (line) {
  return /^\s+at /.test(line) && line.includes(`${OWN_FOLDER}/`)
}

function pathIn (place) {
  return place.startsWith('file:') ? fileURLToPath(place) : place
}
