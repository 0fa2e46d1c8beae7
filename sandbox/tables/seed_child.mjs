// The child's side of a JavaScript seed program: runs it and reports its rows.
//
// Started as `node seed_child.mjs FILE ROOT`; the report is the last line of standard
// output, `{"rows": …}` or `{"error": "…"}`.
import { pathToFileURL } from 'node:url'

async function rowsOf (file) {
  const module = await import(pathToFileURL(file))
  const seed = module.default ?? module
  return typeof seed === 'function' ? seed() : seed
}

let report
try {
  report = { rows: (await rowsOf(process.argv[2])) ?? null }
}
catch (error) {
  console.error(error)
  report = { error: String(error) }
  process.exitCode = 1
}
process.stdout.write(`\n${JSON.stringify(report)}\n`)
