// The same jobs as driver.py, through the npm helper of the folder in the first argument.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(`${process.argv[2]}/`)
const jobs = JSON.parse(readFileSync(0, 'utf8'))
Object.assign(process.env, jobs[0].environment)
const arc = require('@architect/functions')

const answers = []
let known = []
for (const job of jobs) {
  for (const name of known) delete process.env[name]
  Object.assign(process.env, job.environment)
  known = Object.keys(job.environment)
  try {
    if ('read' in job) {
      const session = await arc.http.session.read({ headers: {}, cookies: [ job.read ] })
      answers.push({ session })
    }
    else {
      const session = await arc.http.session.read({ headers: {} })
      answers.push({ set_cookie: await arc.http.session.write({ ...session, ...job.write }) })
    }
  }
  catch (error) {
    answers.push({ error: `${error.name}: ${error.message}` })
  }
}
console.log(JSON.stringify({ file: require.resolve('@architect/functions'), answers }))
