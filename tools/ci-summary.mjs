// Prints the closing line of continuous integration: `N passed, N failed`. The checks (types, lint, format, unused code,
// borders) count as one test. Arguments: vitest's JSON report, exit status of the checks, exit status of the tests.
import { readFileSync } from 'node:fs'

const [file, checkStatus, testStatus] = process.argv.slice(2)
let passed = 0
let failed = 0
let skipped = 0
try {
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed = report.numPassedTests
  failed =
    report.numFailedTests +
    report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
      .length
  skipped = report.numPendingTests + report.numTodoTests
} catch (error) {
  console.error(`no test report: ${error.message}`)
}
if (testStatus !== '0' && failed === 0) failed = 1
if (checkStatus === '0') passed++
else failed++
console.log(
  skipped > 0
    ? `${passed} passed, ${failed} failed, ${skipped} skipped`
    : `${passed} passed, ${failed} failed`,
)
process.exitCode = failed > 0 ? 1 : 0
