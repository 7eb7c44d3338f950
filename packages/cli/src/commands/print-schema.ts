import { DOCUMENTS, documentSchema } from '../schema/documents.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'

/** `skyloom schema` */
export function printSchema(name: string | undefined): number {
  if (name === undefined) {
    process.stdout.write(`${Object.keys(DOCUMENTS).join('\n')}\n`)
    return EXIT.done
  }
  const part = DOCUMENTS[name]
  if (part === undefined) {
    process.stderr.write(`error: there is no schema ${name}; skyloom schema lists them\n`)
    return EXIT.wrongUse
  }
  printJson(documentSchema(name, part))
  return EXIT.done
}
