/**
 * The hooks for `import` in Node before 22.15, which runs them in a thread of their own.
 *
 * What modules were read goes to the worker by message.
 */

import { Deployment, asDeployed, deployedImport, noteImport } from './deployment.mjs'
import { Observer, rootsOf } from './observe.mjs'

let deployment
let observer
let port

/** Take over what the worker hands to `register`. */
export function initialize ({ start, port: toWorker }) {
  port = toWorker
  observer = new Observer(rootsOf(start))
  deployment = new Deployment(start, observer)
}

/** Resolve one import as deployed. */
export async function resolve (specifier, context, resolveNext) {
  const [target, from] = deployedImport(deployment, specifier, context)
  try {
    return asDeployed(deployment, target, from, await resolveNext(target, from))
  } catch (error) {
    noteImport(deployment, target, from, null)
    throw error
  } finally {
    const { files } = observer.takeNews()
    if (files !== undefined) port.postMessage(files)
  }
}
