/**
 * `console` as Lambda's runtime has it: with `fatal`, in JSON and from a level on.
 *
 * AWS_LAMBDA_LOG_FORMAT and AWS_LAMBDA_LOG_LEVEL say so (AWS Lambda developer guide,
 * "Using Lambda advanced logging controls with Node.js"); fields are those of
 * `aws-lambda-nodejs-runtime-interface-client` 3. Lines of text stay as Node prints
 * them: Lambda's time and request id are in the way of whoever reads a terminal.
 */

import { format } from 'node:util'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const METHODS = [
  ['trace', 'TRACE'], ['debug', 'DEBUG'], ['info', 'INFO'], ['log', 'INFO'],
  ['warn', 'WARN'], ['error', 'ERROR'], ['fatal', 'FATAL']
]
let requestId // none while the handler is loaded

/** Have lines belong to this request from now on. */
export function setRequestId (id) {
  requestId = id
}

/** Fit `console` to the function's environment, before its handler loads. */
export function install (environment) {
  console.fatal = console.error
  const { AWS_LAMBDA_LOG_FORMAT: layout = '', AWS_LAMBDA_LOG_LEVEL: level = '' } = environment
  const isJson = layout.toUpperCase() === 'JSON'
  const lowest = LEVELS.indexOf(level.toUpperCase())
  for (const [method, name] of METHODS) {
    if (LEVELS.indexOf(name) < lowest) console[method] = () => {}
    else if (isJson) console[method] = (first, ...others) => write(name, [first, ...others])
  }
}

function write (level, parts) {
  process.stdout.write(`${line(level, parts)}\n`)
}

function line (level, parts) {
  const fields = { timestamp: new Date().toISOString(), level, requestId }
  if (parts.length > 1) {
    return JSON.stringify({ ...fields, message: format(...parts), ...failureIn(parts) })
  }
  try {
    return JSON.stringify({ ...fields, message: parts[0] }, (_, value) => shown(value))
  } catch { // a circle, a BigInt, a getter that throws
    return JSON.stringify({ ...fields, message: format(parts[0]) })
  }
}

function failureIn (parts) {
  const error = parts.find(part => part instanceof Error)
  return error === undefined ? {} : aboutError(error)
}

function shown (value) {
  return value instanceof Error ? Object.assign(aboutError(value), value) : value
}

function aboutError (error) {
  const stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : error.stack
  const errorType = error.constructor?.name ?? 'UnknownError'
  return { errorType, errorMessage: error.message, stackTrace }
}
